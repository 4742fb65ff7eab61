/* What the CPU is and has: x86_64/cpu.c and aarch64/cpu.c ask it. */
#ifndef MCE_CPU_H
#define MCE_CPU_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum mce_vendor { MCE_OTHER, MCE_AMD, MCE_INTEL, MCE_ARM };

/* Of an arm64 CPU the family is the implementer and the model the part number of MIDR_EL1. */
struct mce_identity {
    enum mce_vendor vendor;
    unsigned family, model;
};

/* Sizes in bytes of the data caches that one core can fill; 0 if unknown. */
struct mce_caches {
    size_t first, second, last;
};

struct mce_identity mce_identify(void);
struct mce_caches mce_caches_of_core(void);
bool mce_has_fast_string_copy(void);

#pragma GCC visibility pop

#endif
