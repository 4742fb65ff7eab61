/* The cheapest fault: one load that raises SIGBUS, and a handler that only steps over it. */
#define _GNU_SOURCE
#include "yardsticks.h"

#if defined(__x86_64__)
__asm__(
    ".text\n.globl yardstick_load\n.hidden yardstick_load\n.type yardstick_load, @function\nyardstick_load:\n movb (%rdi), %al\n ret\n");
#elif defined(__aarch64__)
__asm__(".text\n.globl yardstick_load\n.hidden yardstick_load\n.type yardstick_load, %function\nyardstick_load:\n ldrb w0, [x0]\n ret\n");
#endif

static void step_over(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    yardstick_set_pc(context, yardstick_pc(context) + LOAD_LENGTH);
}

static struct sigaction former;

/* Replaces the handler of SIGBUS until yardstick_floor_end. Call both on one thread; any thread may fault between them. */
EXPORT int yardstick_floor_begin(void) {
    struct sigaction action = {.sa_sigaction = step_over, .sa_flags = SA_SIGINFO};
    return sigaction(SIGBUS, &action, &former);
}

EXPORT void yardstick_floor_fault(const void *address) { yardstick_load(address); }

EXPORT int yardstick_floor_end(void) { return sigaction(SIGBUS, &former, NULL); }
