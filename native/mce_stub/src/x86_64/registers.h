/* Reads the progress of a copy from the interrupted registers, and writes its result to them. */
#ifndef MCE_REGISTERS_H
#define MCE_REGISTERS_H

#include <stdint.h>
#include <ucontext.h>

#include "addresses.h"
#include "copy_in_flight.h"

/*
 * At every instruction that may fault in a copy kernel:
 *   rsi  source, the first byte not copied
 *   rdi  destination, in step with rsi
 *   r9   the end of the source
 *   r10  the start of the source
 *   r8   struct mce_fault *
 * In a range of MCE_KIND_SHORT: rsi, rdi, rdx and rcx as in the call. The fixup expects the first list, and in rcx the number of bytes that
 * can still be copied before the first unreadable or unwritable one.
 */
static inline greg_t *mce_registers(void *context) { return ((ucontext_t *)context)->uc_mcontext.gregs; }
static inline uintptr_t mce_pc(void *context) { return (uintptr_t)mce_registers(context)[REG_RIP]; }

static inline struct mce_copy mce_copy_at(void *context, bool is_short) {
    const greg_t *registers = mce_registers(context);
    uintptr_t source = (uintptr_t)registers[REG_RSI];
    return (struct mce_copy){
        .source = source,
        .destination = (uintptr_t)registers[REG_RDI],
        .source_start = is_short ? source : (uintptr_t)registers[REG_R10],
        .source_end = is_short ? source + (uintptr_t)registers[REG_RDX] : (uintptr_t)registers[REG_R9],
        .record = (struct mce_fault *)registers[is_short ? REG_RCX : REG_R8],
    };
}

static inline void mce_resume(void *context, const struct mce_copy *copy, uintptr_t pc, size_t copyable) {
    greg_t *registers = mce_registers(context);
    registers[REG_R8] = (greg_t)copy->record;
    registers[REG_R9] = (greg_t)copy->source_end;
    registers[REG_R10] = (greg_t)copy->source_start;
    registers[REG_RCX] = (greg_t)copyable;
    registers[REG_RIP] = (greg_t)pc;
}

#endif
