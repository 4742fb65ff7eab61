/* The yardsticks of the benchmarks. Not part of the product. */
#ifndef YARDSTICKS_H
#define YARDSTICKS_H

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#define EXPORT __attribute__((visibility("default")))

/* The architecture's counter: the cheapest clock, and the same on all processors. */
static inline uint64_t yardstick_ticks(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#endif
}

/* The PC at which an interrupted thread continues. */
static inline uintptr_t yardstick_pc(void *context) {
#if defined(__x86_64__)
    return (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)((ucontext_t *)context)->uc_mcontext.pc;
#endif
}

static inline void yardstick_set_pc(void *context, uintptr_t pc) {
#if defined(__x86_64__)
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = (greg_t)pc;
#elif defined(__aarch64__)
    ((ucontext_t *)context)->uc_mcontext.pc = pc;
#endif
}

/* One load; the instruction is LOAD_LENGTH bytes long. */
void yardstick_load(const void *address);

#if defined(__x86_64__)
#define LOAD_LENGTH 2
#elif defined(__aarch64__)
#define LOAD_LENGTH 4
#endif

#endif
