/* Reads the progress of a copy from the interrupted registers, and writes its result to them. */
#ifndef MCE_REGISTERS_H
#define MCE_REGISTERS_H

#include <stdint.h>
#include <ucontext.h>

#include "addresses.h"
#include "copy_in_flight.h"

/*
 * At every instruction that may fault in a copy kernel:
 *   x1  source, the first byte not copied
 *   x0  destination, in step with x1
 *   x4  the end of the source
 *   x5  the start of the source
 *   x3  struct mce_fault *
 * The fixup expects in x2 the number of bytes that can still be copied before the first unreadable or unwritable one.
 */
static inline mcontext_t *mce_registers(void *context) { return &((ucontext_t *)context)->uc_mcontext; }
static inline uintptr_t mce_pc(void *context) { return mce_registers(context)->pc; }

/* arm64 has no range of MCE_KIND_SHORT. */
static inline struct mce_copy mce_copy_at(void *context, bool is_short) {
    (void)is_short;
    const mcontext_t *registers = mce_registers(context);
    return (struct mce_copy){
        .source = mce_untagged(registers->regs[1]),
        .destination = mce_untagged(registers->regs[0]),
        .source_start = mce_untagged(registers->regs[5]),
        .source_end = mce_untagged(registers->regs[4]),
        .record = (struct mce_fault *)registers->regs[3],
    };
}

static inline void mce_resume(void *context, const struct mce_copy *copy, uintptr_t pc, size_t copyable) {
    (void)copy;
    mce_registers(context)->regs[2] = copyable;
    mce_registers(context)->pc = pc;
}

#endif
