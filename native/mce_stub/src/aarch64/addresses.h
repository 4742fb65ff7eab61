/* The addresses of user space. */
#ifndef MCE_ADDRESSES_H
#define MCE_ADDRESSES_H

#include <stdint.h>

/* The bit that selects the kernel's half of the address space. */
#define MCE_USER_SPACE_END ((uintptr_t)1 << 55)

/* The hardware ignores the top byte of an address, so comparisons ignore it too (the kernel's tagged-address-abi.rst). */
static inline uintptr_t mce_untagged(uintptr_t address) { return address << 8 >> 8; }

#endif
