/* What is the fastest on each CPU: the one place that knows CPUs by name. */
#ifndef MCE_CPU_TABLE_H
#define MCE_CPU_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

enum mce_vendor { MCE_OTHER, MCE_AMD, MCE_INTEL };

struct mce_identity {
    enum mce_vendor vendor;
    unsigned family, model;
};

struct mce_tuning {
    enum mce_vendor vendor;
    unsigned family, first_model, last_model;
    const char *name; /* and where the figures come from */

    /*
     * Whether rep movsb recovers from a machine check. On Skylake, Cascade Lake and Cooper Lake servers a fast string copy may read poison
     * beyond its own bytes, and the CPU cannot recover (the kernel's quirk_skylake_repmov, arch/x86/kernel/cpu/mce/core.c).
     */
    bool string_copy_recovers;

    /* The length in bytes above which one rep movsb is faster than the vector loop; 0: half of the first-level cache. */
    size_t string_copy_above;

    /* A mask of (dst - src): the vector loop is faster where the masked distance is 1 to 63. 4095 keeps the offset in a page, 63 in a line.
     */
    uint32_t string_copy_distance;

    /* Whether the AVX-512 loop moves 32 bytes at a time. */
    bool loop_in_halves;

    /* Whether the streaming loop prefetches (prefetchnta, 4 KiB ahead, two lines a turn). Otherwise it moves eight vectors a turn. */
    bool streams_with_prefetch;

    /* With the streaming hint, copies stream from this many quarters of the second-level cache on. */
    unsigned streams_from_quarters;

    /* Whether copies stream without the hint from three quarters of the last-level cache on, as the C library's do. */
    bool streams_beyond_cache;
};

/* The entry of a CPU; the last one for an unknown CPU. */
const struct mce_tuning *mce_tuning_of(struct mce_identity cpu);

#pragma GCC visibility pop

#endif
