/* The instructions that may fault and the addresses where execution continues, as in the kernel's exception table. */
#ifndef MCE_FIXUP_TABLE_H
#define MCE_FIXUP_TABLE_H

#define MCE_KIND_COPY 0      /* a load or store of a copy: registers as described in src/<arch>/registers.h */
#define MCE_KIND_INJECTION 1 /* the instruction after the injecting system call: the signal is ignored */
#define MCE_KIND_SHORT 2     /* a load or store of a copy whose arguments are still in their registers */

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

/* Offsets are relative to their own field, so that the table needs no relocation. [first, last) in ascending order. */
struct mce_fixup {
    int32_t first;
    int32_t last;
    int32_t fixup;
    int32_t kind;
};

extern const struct mce_fixup mce_fixup_table[] __attribute__((visibility("hidden")));
extern const struct mce_fixup mce_fixup_table_end[] __attribute__((visibility("hidden")));

static inline uintptr_t mce_relative(const int32_t *field) { return (uintptr_t)field + (intptr_t)*field; }

/* Async-signal-safe. */
static inline const struct mce_fixup *mce_find_fixup(uintptr_t pc) {
    const struct mce_fixup *low = mce_fixup_table, *high = mce_fixup_table_end;
    while (low < high) {
        const struct mce_fixup *middle = low + (high - low) / 2;
        if (pc < mce_relative(&middle->first))
            high = middle;
        else if (pc >= mce_relative(&middle->last))
            low = middle + 1;
        else
            return middle;
    }
    return NULL;
}

#endif
#endif
