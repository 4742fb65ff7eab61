/* How a copy's progress is read from, and its outcome written to, the interrupted registers. */
#ifndef MCE_REGISTERS_H
#define MCE_REGISTERS_H

#include <stdint.h>
#include <ucontext.h>

#include "mce_stub.h"

/*
 * At every instruction that may fault in a copy kernel:
 *   x1  source: all before it is copied, nothing from it on counts
 *   x0  destination, in step with x1
 *   x4  the end of the source
 *   x5  the start of the source
 *   x3  struct mce_fault *
 * The fixup expects in x2 how many bytes can still be copied before the first unreadable or unwritable one.
 */
static inline mcontext_t *mce_registers(void *context) { return &((ucontext_t *)context)->uc_mcontext; }
static inline uintptr_t mce_pc(void *context) { return mce_registers(context)->pc; }
static inline uintptr_t mce_source(void *context) { return mce_registers(context)->regs[1]; }
static inline uintptr_t mce_destination(void *context) { return mce_registers(context)->regs[0]; }
static inline uintptr_t mce_source_end(void *context) { return mce_registers(context)->regs[4]; }
static inline uintptr_t mce_source_start(void *context) { return mce_registers(context)->regs[5]; }
static inline struct mce_fault *mce_record(void *context) { return (struct mce_fault *)mce_registers(context)->regs[3]; }

static inline void mce_resume(void *context, uintptr_t pc, size_t copyable) {
    mce_registers(context)->regs[2] = copyable;
    mce_registers(context)->pc = pc;
}

#endif
