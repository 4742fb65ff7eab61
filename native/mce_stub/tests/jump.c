/* Tests that the handler leaves a recovery by a jump, that nothing of the caller changes, and that it returns where a jump would lose
 * something. */
#ifdef __x86_64__
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scenario.h"

/* What another handler on top of ours was, and did. */
static void (*chained)(int, siginfo_t *, void *);
static volatile sig_atomic_t done_after;

static void calling_at_its_end(int signal, siginfo_t *info, void *context) { chained(signal, info, context); }

static void calling_with_more_to_do(int signal, siginfo_t *info, void *context) {
    chained(signal, info, context);
    done_after++;
}

static struct sigaction install_on_top(void (*function)(int, siginfo_t *, void *), int flags) {
    struct sigaction ours, action = {.sa_sigaction = function, .sa_flags = SA_SIGINFO | flags};
    sigaction(SIGBUS, NULL, &ours);
    chained = ours.sa_sigaction;
    if (!(flags & SA_NODEFER))
        sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGBUS, &action, NULL);
    return ours;
}

/* Alone: by a jump. */

static void alone(void) {
    forbid_return();
    REQUIRE(recovers() && recovers());
}

static void both_sides_and_all_kernels(void) {
    static unsigned char clean[40000];
    forbid_return();
    unsigned char *bad = truncated(PAGE, 16 * PAGE) + PAGE;
    for (size_t i = 0; i < kernel_count; i++) {
        if (kernels[i].needs & ~mce_cpu_features())
            continue;
        for (size_t n = 1; n <= sizeof clean; n = n * 3 + 1) {
            struct mce_fault fault;
            size_t before = n / 2 < PAGE ? n / 2 : PAGE;
            REQUIRE(kernels[i].copy(clean, bad - before, n, &fault) == n - before && fault.side == MCE_SOURCE);
            REQUIRE(kernels[i].copy(bad - before, clean, n, &fault) == n - before && fault.side == MCE_DESTINATION);
        }
    }
}

/* Another handler was installed over ours, and restored it with the C library's restorer. */
static void restored_by_another(void) {
    const struct sigaction ours = install_on_top(calling_at_its_end, 0);
    sigaction(SIGBUS, &ours, NULL);
    forbid_return();
    REQUIRE(recovers());
}

/* Ours blocks nothing, even if the handler below does. */
static void over_a_handler_with_a_mask(void) {
    struct sigaction action = {.sa_sigaction = calling_at_its_end, .sa_flags = SA_SIGINFO};
    sigaddset(&action.sa_mask, SIGUSR2);
    mce_disable(SIGBUS);
    sigaction(SIGBUS, &action, NULL);
    REQUIRE(mce_enable(SIGBUS) == 0);
    forbid_return();
    REQUIRE(recovers());
}

/* The registers of the caller. */

size_t call_with_registers(mce_copy_fn *copy, void *dst, const void *src, size_t n, struct mce_fault *fault, uint64_t *after);
__asm__(".text\n.type call_with_registers, @function\ncall_with_registers:\n"
        " push %rbx\n push %rbp\n push %r12\n push %r13\n push %r14\n push %r15\n push %r9\n"
        " mov %rdi, %rax\n mov %rsi, %rdi\n mov %rdx, %rsi\n mov %rcx, %rdx\n mov %r8, %rcx\n"
        " mov $0x1111111111111111, %rbx\n mov $0x2222222222222222, %rbp\n mov $0x3333333333333333, %r12\n"
        " mov $0x4444444444444444, %r13\n mov $0x5555555555555555, %r14\n mov $0x6666666666666666, %r15\n"
        " call *%rax\n"
        " pop %r9\n mov %rbx, (%r9)\n mov %rbp, 8(%r9)\n mov %r12, 16(%r9)\n mov %r13, 24(%r9)\n mov %r14, 32(%r9)\n mov %r15, 40(%r9)\n"
        " pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbp\n pop %rbx\n ret\n"
        ".size call_with_registers, . - call_with_registers\n");

/* A function over ours that uses all registers, which a handler need not keep. */
void using_all_registers(int signal, siginfo_t *info, void *context);
void (*passed_to)(int, siginfo_t *, void *);
__asm__(".text\n.type using_all_registers, @function\nusing_all_registers:\n"
        " mov $-1, %rax\n mov %rax, %rbx\n mov %rax, %rcx\n mov %rax, %rbp\n mov %rax, %r8\n mov %rax, %r9\n mov %rax, %r10\n"
        " mov %rax, %r11\n mov %rax, %r12\n mov %rax, %r13\n mov %rax, %r14\n mov %rax, %r15\n"
        " jmp *passed_to(%rip)\n"
        ".size using_all_registers, . - using_all_registers\n");

static void registers_are_kept(void) {
    static unsigned char out[2 * PAGE];
    install_on_top(using_all_registers, SA_NODEFER);
    passed_to = chained;
    forbid_return();
    unsigned char *bad = truncated(PAGE, 2 * PAGE) + PAGE;
    for (size_t i = 0; i < kernel_count; i++) {
        if (kernels[i].needs & ~mce_cpu_features())
            continue;
        for (size_t n = 8; n <= sizeof out; n *= 4) {
            struct mce_fault fault;
            uint64_t after[6];
            REQUIRE(call_with_registers(kernels[i].copy, out, bad - 5, n, &fault, after) == n - 5);
            for (unsigned j = 0; j < 6; j++)
                REQUIRE(after[j] == 0x1111111111111111u * (j + 1));
        }
    }
}

/* The state of floating point: the rounding mode and the exceptions of SSE and x87. */

struct float_state {
    uint32_t mxcsr;
    uint16_t control, status;
};

static struct float_state float_state(void) {
    struct float_state state;
    __asm__ volatile("stmxcsr %0\n fnstcw %1\n fnstsw %2" : "=m"(state.mxcsr), "=m"(state.control), "=m"(state.status));
    return state;
}

static void floating_point_is_kept(void) {
    forbid_return();
    for (int exceptions = 0; exceptions < 2; exceptions++) {
        for (int mode = 0; mode < 4; mode++) {
            const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
            fesetround(modes[mode]);
            feclearexcept(FE_ALL_EXCEPT);
            if (exceptions) {
                volatile long double three = 3;
                volatile float third = 1 / (float)three;
                three = 1 / three;
                (void)third;
            }
            const struct float_state before = float_state();
            REQUIRE(recovers());
            const struct float_state after = float_state();
            REQUIRE(before.mxcsr == after.mxcsr && before.control == after.control);
            /* The exceptions; no x87 register is in use. */
            REQUIRE((before.status & 0xbf) == (after.status & 0xbf));
            volatile long double one = 1, three = 3;
            REQUIRE(one / three * three <= 1 || fegetround() == FE_UPWARD);
        }
    }
}

/* Against the ABI, which lets a function expect an empty x87 stack; a copy that does not fault would keep it. */
static void x87_registers_are_kept(void) {
    double kept;
    __asm__ volatile("fldpi");
    bool right = recovers();
    __asm__ volatile("fstpl %0" : "=m"(kept));
    REQUIRE(right && kept > 3.14159 && kept < 3.1416);
}

/* Where a jump would lose something: by rt_sigreturn. */

/* A program that steps itself: delivery clears the trap flag for a handler. */
static volatile sig_atomic_t steps;
static void stepped(int signal) {
    (void)signal;
    steps++;
}
static void set_trap_flag(void) { __asm__ volatile("pushfq\n orq $0x100, (%%rsp)\n popfq" ::: "cc", "memory"); }
static void clear_trap_flag(void) { __asm__ volatile("pushfq\n andq $~0x100, (%%rsp)\n popfq" ::: "cc", "memory"); }

static void stepping_goes_on(void) {
    static unsigned char out[300];
    const unsigned char *bad = truncated(PAGE, PAGE);
    struct mce_fault fault;
    signal(SIGTRAP, stepped);
    set_trap_flag();
    size_t remaining = mce_copy(out, bad + PAGE - 100, sizeof out, &fault);
    int before = steps;
    __asm__ volatile("nop\n nop\n nop\n nop" ::: "memory");
    int after = steps;
    clear_trap_flag();
    REQUIRE(remaining == sizeof out - 100 && before > 0 && after >= before + 4);
}

static bool is_blocked(int signal) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, signal) == 1;
}

static void mask_is_kept(void) {
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    sigprocmask(SIG_BLOCK, &some, NULL);
    REQUIRE(recovers() && is_blocked(SIGUSR1) && !is_blocked(SIGUSR2) && !is_blocked(SIGBUS));
    install_on_top(calling_at_its_end, 0);
    REQUIRE(recovers() && is_blocked(SIGUSR1) && !is_blocked(SIGUSR2) && !is_blocked(SIGBUS));
}

/* Another handler restored ours, with a mask that ours does not have. */
static void mask_of_restored_is_undone(void) {
    struct sigaction ours;
    sigaction(SIGBUS, NULL, &ours);
    sigaddset(&ours.sa_mask, SIGUSR2);
    sigaction(SIGBUS, &ours, NULL);
    REQUIRE(recovers() && !is_blocked(SIGUSR2));
    REQUIRE(mce_reinstall(SIGBUS) == 0 && recovers() && !is_blocked(SIGUSR2));
    ours.sa_flags &= ~SA_NODEFER;
    sigaction(SIGBUS, &ours, NULL);
    REQUIRE(recovers() && !is_blocked(SIGBUS));
    REQUIRE(mce_reinstall(SIGBUS) == 0 && recovers() && !is_blocked(SIGBUS) && !is_blocked(SIGUSR2));
}

static void function_on_top_finishes(void) {
    install_on_top(calling_with_more_to_do, SA_NODEFER);
    REQUIRE(recovers() && done_after == 1 && recovers() && done_after == 2);
}

/* That stack is disarmed at delivery and armed again by rt_sigreturn. */
static void disarmed_stack_is_armed_again(void) {
    enum { DISARM = 1u << 31 };
    const stack_t stack = {.ss_sp = anonymous(16 * PAGE), .ss_size = 16 * PAGE, .ss_flags = (int)DISARM};
    stack_t now;
    REQUIRE(sigaltstack(&stack, NULL) == 0);
    REQUIRE(recovers() && sigaltstack(NULL, &now) == 0 && now.ss_sp == stack.ss_sp && !(now.ss_flags & SS_DISABLE));
}

static uint32_t protection_keys(void) {
    uint32_t keys, zero;
    __asm__ volatile("rdpkru" : "=a"(keys), "=d"(zero) : "c"(0));
    return keys;
}

/* As pkey_set(3), which musl lacks. */
static void set_rights(long key, uint32_t rights) {
    const uint32_t keys = (protection_keys() & ~(3u << 2 * key)) | rights << 2 * key;
    __asm__ volatile("wrpkru" : : "a"(keys), "c"(0), "d"(0) : "memory");
}

/* The kernel gives a handler the initial keys. */
static void protection_keys_are_kept(void) {
    const long key = syscall(SYS_pkey_alloc, 0ul, 0ul);
    if (key < 0)
        _exit(UNAVAILABLE);
    for (unsigned rights = 0; rights <= 2; rights++) {
        set_rights(key, rights);
        const uint32_t before = protection_keys();
        REQUIRE(recovers() && protection_keys() == before);
    }
}

static void on_alternate_stack(void) {
    const stack_t stack = {.ss_sp = anonymous(16 * PAGE), .ss_size = 16 * PAGE};
    REQUIRE(sigaltstack(&stack, NULL) == 0);
    forbid_return();
    REQUIRE(recovers() && recovers());
}

static void without_return(void (*f)(void)) {
    forbid_return();
    f();
}
static void x87_without_return(void) { without_return(x87_registers_are_kept); }
static void tail_call_without_return(void) { without_return(mask_is_kept); }
static void more_to_do_without_return(void) { without_return(function_on_top_finishes); }
static void disarmed_without_return(void) { without_return(disarmed_stack_is_armed_again); }

void jump(void) {
    check_scenario(alone, 0, "a recovery leaves by a jump");
    check_scenario(both_sides_and_all_kernels, 0, "every kernel recovers by a jump, at both sides");
    check_scenario(restored_by_another, 0, "a recovery leaves by a jump after another handler came and went");
    check_scenario(over_a_handler_with_a_mask, 0, "a recovery over a handler with a mask leaves by a jump");
    check_scenario(on_alternate_stack, 0, "a recovery on an alternate stack leaves by a jump");
    check_scenario(registers_are_kept, 0, "the registers of the caller are unchanged");
    check_scenario(floating_point_is_kept, 0, "rounding modes and exceptions are unchanged");

    check_scenario(x87_registers_are_kept, 0, "live x87 registers are unchanged");
    check_scenario(mask_is_kept, 0, "the mask of signals is unchanged");
    check_scenario(mask_of_restored_is_undone, 0, "a mask that another handler added is undone");
    check_scenario(stepping_goes_on, 0, "a program that steps itself goes on stepping");
    check_scenario(function_on_top_finishes, 0, "a function on top of the handler finishes");
    check_scenario(disarmed_stack_is_armed_again, 0, "an alternate stack with SS_AUTODISARM is armed again");
    check_scenario(protection_keys_are_kept, 0, "protection keys are unchanged");
    /* Otherwise the five above would show nothing. */
    check_scenario(x87_without_return, -SIGSYS, "live x87 registers need rt_sigreturn");
    check_scenario(tail_call_without_return, -SIGSYS, "a mask of another handler needs rt_sigreturn");
    check_scenario(more_to_do_without_return, -SIGSYS, "a function on top of the handler needs rt_sigreturn");
    check_scenario(disarmed_without_return, -SIGSYS, "an alternate stack with SS_AUTODISARM needs rt_sigreturn");
}
#endif
