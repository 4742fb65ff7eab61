/* The addresses of user space. */
#ifndef MCE_ADDRESSES_H
#define MCE_ADDRESSES_H

#include <stdint.h>

/* The end of user space with five-level page tables. Linear address masking (LAM) is not supported: a tagged address lies beyond it. */
#define MCE_USER_SPACE_END ((uintptr_t)1 << 56)

static inline uintptr_t mce_untagged(uintptr_t address) { return address; }

#endif
