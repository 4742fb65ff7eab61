/* The cheapest fault there is, for the benchmarks to measure recovery against. Not part of the product. */
#define _GNU_SOURCE
#include <signal.h>
#include <ucontext.h>

#define EXPORT __attribute__((visibility("default")))

/* The cheapest fault: one load that raises SIGBUS, and a handler that does nothing but step over it. */
void yardstick_load(const void *address);
#if defined(__x86_64__)
__asm__(".text\n.globl yardstick_load\n.type yardstick_load, @function\nyardstick_load:\n movb (%rdi), %al\n ret\n");
static void step_over(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}
#elif defined(__aarch64__)
__asm__(".text\n.globl yardstick_load\n.type yardstick_load, %function\nyardstick_load:\n ldrb w0, [x0]\n ret\n");
static void step_over(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    ((ucontext_t *)context)->uc_mcontext.pc += 4;
}
#endif

static struct sigaction former;

/* The handler replaces whatever handles SIGBUS until yardstick_floor_end. For one thread at a time. */
EXPORT int yardstick_floor_begin(void) {
    struct sigaction action = {.sa_sigaction = step_over, .sa_flags = SA_SIGINFO};
    return sigaction(SIGBUS, &action, &former);
}

EXPORT void yardstick_floor_fault(const void *address) { yardstick_load(address); }

EXPORT int yardstick_floor_end(void) { return sigaction(SIGBUS, &former, NULL); }
