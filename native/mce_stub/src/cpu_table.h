/* What is the fastest on each CPU: the one place that knows CPUs by name. */
#ifndef MCE_CPU_TABLE_H
#define MCE_CPU_TABLE_H

#include <stdint.h>

#include "cpu.h"

#pragma GCC visibility push(hidden)

struct mce_cpu_entry {
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

    /* enum mce_streaming_form */
    uint32_t streaming_form;

    /* With the streaming hint, copies stream from this many quarters of the second-level cache on. */
    unsigned hinted_quarters;

    /*
     * Without the hint, from this many quarters of the last-level cache on. 0: never, because rep movsb does not read what it overwrites
     * either; from three if a hypervisor hides that the CPU has it.
     */
    unsigned unhinted_quarters;
};

/* The entry of a CPU; the last one for an unknown CPU. */
const struct mce_cpu_entry *mce_entry_of(struct mce_identity cpu);

#pragma GCC visibility pop

#endif
