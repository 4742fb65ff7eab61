/*
 * Splits the time of a recovery into its parts. A handler over the measured one records when it is entered and when the measured one
 * returns, and makes the interrupted thread continue in a function that records when it runs again. One thread at a time.
 */
#define _GNU_SOURCE
#include <stddef.h>

#include "yardsticks.h"

struct yardstick_split {
    uint64_t start;   /* before the call; the fault follows at once if the first byte is poisoned */
    uint64_t entered; /* the handler starts */
    uint64_t handled; /* the handler ends */
    uint64_t resumed; /* the thread runs again */
    uint64_t end;     /* the call returned */
};

static struct sigaction measured;
static struct yardstick_split *volatile current;
/* Used by that function. */
uint64_t yardstick_resumed_at __attribute__((visibility("hidden")));
uintptr_t yardstick_resume_to __attribute__((visibility("hidden")));
void yardstick_stop(void) __attribute__((visibility("hidden")));

/* Records the time and continues where the measured handler set the PC. Preserves registers, flags and the red zone. */
#if defined(__x86_64__)
__asm__(".text\n.globl yardstick_stop\n.type yardstick_stop, @function\nyardstick_stop:\n"
        " lea -128(%rsp), %rsp\n push %rax\n push %rdx\n rdtsc\n"
        " mov %eax, yardstick_resumed_at(%rip)\n mov %edx, yardstick_resumed_at+4(%rip)\n"
        " pop %rdx\n pop %rax\n lea 128(%rsp), %rsp\n jmp *yardstick_resume_to(%rip)\n");
#elif defined(__aarch64__)
/* x16 is free: no kernel of the stub uses it. */
__asm__(".text\n.globl yardstick_stop\n.type yardstick_stop, %function\nyardstick_stop:\n"
        " stp x0, x1, [sp, #-16]!\n mrs x0, cntvct_el0\n adrp x1, yardstick_resumed_at\n str x0, [x1, :lo12:yardstick_resumed_at]\n"
        " adrp x16, yardstick_resume_to\n ldr x16, [x16, :lo12:yardstick_resume_to]\n ldp x0, x1, [sp], #16\n br x16\n");
#endif

static void on_signal(int signal, siginfo_t *info, void *context) {
    struct yardstick_split *split = current;
    uint64_t entered = yardstick_ticks();
    measured.sa_sigaction(signal, info, context);
    if (!split)
        return;
    split->entered = entered;
    split->handled = yardstick_ticks();
    yardstick_resume_to = yardstick_pc(context);
    yardstick_set_pc(context, (uintptr_t)yardstick_stop);
}

/* Installs itself over the handler of SIGBUS, with that handler's flags and mask. */
EXPORT int yardstick_split_begin(void) {
    if (sigaction(SIGBUS, NULL, &measured) != 0 || !(measured.sa_flags & SA_SIGINFO))
        return -1;
    struct sigaction action = measured;
    action.sa_sigaction = on_signal;
    return sigaction(SIGBUS, &action, NULL);
}

EXPORT int yardstick_split_end(void) { return sigaction(SIGBUS, &measured, NULL); }

typedef size_t copy_fn(void *destination, const void *source, size_t length, void *fault);

/* A copy of the stub that faults; returns the bytes not copied. */
EXPORT size_t yardstick_split_copy(copy_fn *copy, void *destination, const void *source, size_t length, struct yardstick_split *split) {
    uint64_t fault[8]; /* struct mce_fault is shorter */
    current = split;
    split->start = yardstick_ticks();
    size_t remaining = copy(destination, source, length, fault);
    split->end = yardstick_ticks();
    current = NULL;
    split->resumed = yardstick_resumed_at;
    return remaining;
}

/* The same for the floor. */
EXPORT void yardstick_split_floor(const void *address, struct yardstick_split *split) {
    current = split;
    split->start = yardstick_ticks();
    yardstick_load(address);
    split->end = yardstick_ticks();
    current = NULL;
    split->resumed = yardstick_resumed_at;
}

/* The current tick, to measure the length of one. */
EXPORT uint64_t yardstick_now(void) { return yardstick_ticks(); }
