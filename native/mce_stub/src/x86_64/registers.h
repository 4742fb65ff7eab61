/* How a copy's progress is read from, and its outcome written to, the interrupted registers. */
#ifndef MCE_REGISTERS_H
#define MCE_REGISTERS_H

#include <stdint.h>
#include <ucontext.h>

#include "mce_stub.h"

/*
 * At every instruction that may fault in a copy kernel:
 *   rsi  source: all before it is copied, nothing from it on counts
 *   rdi  destination, in step with rsi
 *   r9   the end of the source
 *   r10  the start of the source
 *   r8   struct mce_fault *
 * The fixup expects in rcx how many bytes can still be copied before the first unreadable or unwritable one.
 */
static inline greg_t *mce_registers(void *context) { return ((ucontext_t *)context)->uc_mcontext.gregs; }
static inline uintptr_t mce_pc(void *context) { return (uintptr_t)mce_registers(context)[REG_RIP]; }
static inline uintptr_t mce_source(void *context) { return (uintptr_t)mce_registers(context)[REG_RSI]; }
static inline uintptr_t mce_destination(void *context) { return (uintptr_t)mce_registers(context)[REG_RDI]; }
static inline uintptr_t mce_source_end(void *context) { return (uintptr_t)mce_registers(context)[REG_R9]; }
static inline uintptr_t mce_source_start(void *context) { return (uintptr_t)mce_registers(context)[REG_R10]; }
static inline struct mce_fault *mce_record(void *context) { return (struct mce_fault *)mce_registers(context)[REG_R8]; }

static inline void mce_resume(void *context, uintptr_t pc, size_t copyable) {
    mce_registers(context)[REG_RCX] = (greg_t)copyable;
    mce_registers(context)[REG_RIP] = (greg_t)pc;
}

#endif
