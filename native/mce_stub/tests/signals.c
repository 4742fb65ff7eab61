/* Tests how the handler treats signals, and what its installation preserves. Each scenario runs in a child. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.h"

typedef void handler(int signal, siginfo_t *info, void *context);

static handler *const by_default = (handler *)(uintptr_t)SIG_DFL, *const ignoring = (handler *)(uintptr_t)SIG_IGN;
static handler *chained;
static volatile sig_atomic_t calls, calls_on_top;
static siginfo_t seen;

static void send_to_self(void) { kill(getpid(), SIGBUS); }

/* Raises a signal as the kernel would: a thread may send itself any code. */
static void forge(int code, void *address, short extent_shift) {
    siginfo_t info = {.si_signo = SIGBUS, .si_code = code, .si_addr = address};
    info.si_addr_lsb = extent_shift;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, &info);
}

static void counting(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    calls++;
    seen = *info;
}

static void exiting(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    _exit(PREVIOUS_CALLED);
}

static void set(handler *function, int flags) {
    sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = function, .sa_flags = SA_SIGINFO | flags}, NULL);
}

static handler *current(void) {
    struct sigaction action;
    sigaction(SIGBUS, NULL, &action);
    return action.sa_sigaction;
}

/* Installs our handler over another one. */
static void enable_over(handler *function, int flags) {
    mce_disable(SIGBUS);
    set(function, flags);
    REQUIRE(mce_enable(SIGBUS) == 0);
}

/* Installs a handler over ours that passes signals on. */
static void install_on_top(handler *function) {
    chained = current();
    set(function, 0);
}

/* A signal that is not a fault inside a copy goes to the previous handler. */

static void touch_truncated(void) {
    volatile unsigned char *p = truncated(PAGE, PAGE);
    (void)p[PAGE];
}

static void foreign_signals(void) {
    enable_over(counting, 0);
    send_to_self();
    REQUIRE(calls == 1 && seen.si_code == SI_USER);
    REQUIRE(mce_enable(SIGBUS) == 0);
    send_to_self();
    REQUIRE(calls == 2);                             /* enabled twice, chained once */
    REQUIRE(mce_disable(SIGBUS) == 0 && recovers()); /* the other client's recovery goes on */
    REQUIRE(mce_disable(SIGBUS) == 0 && current() == counting);
    REQUIRE(mce_disable(SIGBUS) == 0 && current() == counting);
    REQUIRE(mce_enable(SIGUSR1) == EINVAL);
}

static void uncovered_report(void) {
    enable_over(counting, 0);
    forge(BUS_MCEERR_AO, (void *)(64 * PAGE), 12);
    REQUIRE(calls == 1 && seen.si_code == BUS_MCEERR_AO && seen.si_addr == (void *)(64 * PAGE) && seen.si_addr_lsb == 12);
}

/* SIG_DFL and SIG_IGN are never called as functions, with any flags. */
static void over_default(void) {
    enable_over(by_default, 0);
    send_to_self();
}
static void over_ignore(void) {
    enable_over(ignoring, 0);
    send_to_self();
}
static void over_ignore_fault(void) {
    enable_over(ignoring, 0);
    touch_truncated();
}

#ifdef __x86_64__
/* An access to a non-canonical address: the kernel reports SI_KERNEL. */
static void over_ignore_no_address(void) {
    mce_disable(SIGSEGV);
    signal(SIGSEGV, SIG_IGN);
    REQUIRE(mce_enable(SIGSEGV) == 0);
    (void)*(volatile char *)(UINT64_C(1) << 63);
}
static void over_default_no_address(void) {
    mce_disable(SIGSEGV);
    signal(SIGSEGV, SIG_DFL);
    REQUIRE(mce_enable(SIGSEGV) == 0);
    (void)*(volatile char *)(UINT64_C(1) << 63);
}
#endif

/* The previous handler runs with its own flags, mask and stack. */

static sigset_t blocked_in_handler;
static void recording_mask(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    sigprocmask(SIG_SETMASK, NULL, &blocked_in_handler);
}

static void mask_is_kept(void) {
    struct sigaction action = {.sa_sigaction = recording_mask, .sa_flags = SA_SIGINFO}, after;
    sigaddset(&action.sa_mask, SIGUSR1);
    mce_disable(SIGBUS);
    sigaction(SIGBUS, &action, NULL);
    mce_enable(SIGBUS);
    send_to_self();
    REQUIRE(sigismember(&blocked_in_handler, SIGUSR1) && !sigismember(&blocked_in_handler, SIGUSR2));
    mce_disable(SIGBUS);
    sigaction(SIGBUS, NULL, &after);
    const int kernel_only = 0x04000000; /* SA_RESTORER, which the C library adds */
    REQUIRE((after.sa_flags & ~kernel_only) == action.sa_flags && sigismember(&after.sa_mask, SIGUSR1));
}

static void resethand_is_honoured(void) {
    enable_over(counting, (int)SA_RESETHAND);
    send_to_self();
    REQUIRE(calls == 1 && recovers());
    REQUIRE(outcome_of(send_to_self) == -SIGBUS);
}

static void changing_errno(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    errno = ENOTTY;
}
static void errno_is_kept(void) {
    enable_over(changing_errno, 0);
    errno = 77;
    send_to_self();
    REQUIRE(errno == 77);
}

/* A signal that was ignored before does not interrupt system calls when our handler handles it. */
static pthread_t reader;
static void *signal_then_write(void *pipe_end) {
    usleep(50000);
    pthread_kill(reader, SIGBUS);
    usleep(50000);
    REQUIRE(write(*(int *)pipe_end, "x", 1) == 1);
    return NULL;
}
static void system_calls_are_restarted(void) {
    enable_over(ignoring, 0);
    reader = pthread_self();
    int pipe_ends[2];
    pthread_t thread;
    char byte;
    REQUIRE(pipe(pipe_ends) == 0 && pthread_create(&thread, NULL, signal_then_write, &pipe_ends[1]) == 0);
    REQUIRE(read(pipe_ends[0], &byte, 1) == 1);
}

/* Handlers that change the action while ours is installed. */

static void reset_action(int signal, siginfo_t *info, void *context) {
    (void)info, (void)context;
    calls++;
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

/* As .NET's handler does for a signal that was sent. */
static void reset_by_previous_handler(void) {
    enable_over(reset_action, 0);
    send_to_self();
    REQUIRE(calls == 1 && recovers());
    /* The next signal goes to the default action. */
    REQUIRE(outcome_of(send_to_self) == -SIGBUS);
}

/* As handlers that are installed with System V's signal() do. */
static void reinstalling(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    calls++;
    set(reinstalling, 0);
}
static void reinstalled_by_previous_handler(void) {
    enable_over(reinstalling, 0);
    send_to_self();
    send_to_self();
    REQUIRE(calls == 2 && recovers());
}

/* The previous handler reinstalls itself on one thread after it ended on another and our handler was installed again. */
static void reinstalled_over_ours(void) {
    enable_over(reinstalling, 0);
    set(reinstalling, 0);
    REQUIRE(mce_enable(SIGBUS) == 0 && recovers());
    send_to_self();
    REQUIRE(calls == 1);
}

static void on_top(int signal, siginfo_t *info, void *context) {
    calls_on_top++;
    chained(signal, info, context);
}
static void installing_on_top(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    if (calls++ == 0)
        install_on_top(on_top);
}
/* Our handler must not chain to a handler that chains to ours. */
static void covered_while_previous_handler_runs(void) {
    enable_over(installing_on_top, 0);
    send_to_self();
    REQUIRE(current() == on_top);
    send_to_self();
    REQUIRE(calls == 2 && calls_on_top == 1 && recovers());
}

static void disabling(int signal, siginfo_t *info, void *context) {
    reset_action(signal, info, context);
    mce_disable(signal);
}
static void disabled_while_previous_handler_runs(void) {
    enable_over(disabling, 0);
    send_to_self();
    REQUIRE(calls == 1 && current() == by_default);
    set(exiting, 0);
    recovers();
}

static void disabled_under_another(void) {
    enable_over(exiting, 0);
    install_on_top(on_top);
    REQUIRE(mce_disable(SIGBUS) == 0 && current() == on_top);
    recovers();
}

static void enabled_again_under_another(void) {
    enable_over(exiting, 0);
    install_on_top(on_top);
    mce_disable(SIGBUS);
    REQUIRE(mce_enable(SIGBUS) == 0 && current() != on_top && recovers() && calls_on_top == 0);
    send_to_self();
    _exit(BROKEN);
}

static void enabled_again_after_reset(void) {
    enable_over(exiting, 0);
    set(by_default, 0);
    REQUIRE(mce_enable(SIGBUS) == 0 && recovers());
    install_on_top(on_top);
    mce_disable(SIGBUS);
    set(by_default, 0);
    REQUIRE(mce_enable(SIGBUS) == 0 && recovers());
}

/* The init process of a PID namespace survives the default action. */
static void as_init_process(void) {
    enable_over(by_default, 0);
    send_to_self();
    REQUIRE(recovers());
}
static void in_pid_namespace(void) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
        _exit(UNAVAILABLE);
    int outcome = outcome_of(as_init_process);
    _exit(outcome < 0 ? BROKEN : outcome);
}

/* A handler over ours turns faults that this kernel raises into faults that it cannot raise. */

static int code_instead, extent_shift = 12, rewrites_left;
static bool rounds_to_page;
static void *address_instead, *other_address_instead;
static void rewriting(int signal, siginfo_t *info, void *context) {
    if (rewrites_left != 0) {
        rewrites_left--;
        info->si_code = code_instead;
        info->si_addr_lsb = (short)extent_shift;
        if (rounds_to_page)
            info->si_addr = (void *)((uintptr_t)info->si_addr & ~(PAGE - 1));
        if (address_instead)
            info->si_addr = rewrites_left % 2 && other_address_instead ? other_address_instead : address_instead;
    }
    chained(signal, info, context);
}

static void other_codes(void) {
    enable_over(exiting, 0);
    install_on_top(rewriting);
    unsigned char *edge = truncated(PAGE, PAGE) + PAGE, *whole = anonymous(2 * PAGE);
    for (size_t i = 0; i < kernel_count; i++) {
        if (kernels[i].needs & ~mce_cpu_features())
            continue;
        for (size_t n = 10; n <= 2000; n *= 14) {
            struct mce_fault fault;
            rounds_to_page = false, rewrites_left = -1, code_instead = BUS_OBJERR;
            REQUIRE(kernels[i].copy(whole, edge - 5, n, &fault) == n - 5 && fault.code == BUS_OBJERR && fault.side == MCE_SOURCE);
            /* As after a machine check: the address is rounded down to the page. */
            rounds_to_page = true, code_instead = BUS_MCEERR_AR;
            REQUIRE(kernels[i].copy(whole, edge + 100, n, &fault) == n && fault.side == MCE_SOURCE && fault.address == (uintptr_t)edge);
            REQUIRE(kernels[i].copy(edge + 100, whole, n, &fault) == n && fault.side == MCE_DESTINATION &&
                    fault.address == (uintptr_t)edge && fault.code == BUS_MCEERR_AR);
            /* The extent is a huge page that holds both. */
            rounds_to_page = false, extent_shift = 20;
            REQUIRE(kernels[i].copy(edge, edge - n, n, &fault) == n && fault.side == MCE_DESTINATION && fault.extent == 1 << 20);
            extent_shift = 12;
        }
    }
}

/* A page that is mapped twice: the first signal has the address of the other mapping. */
static void address_of_another_mapping(void) {
    enable_over(exiting, 0);
    install_on_top(rewriting);
    unsigned char *edge = truncated(PAGE, PAGE) + PAGE, *whole = anonymous(2 * PAGE);
    code_instead = BUS_MCEERR_AR, address_instead = anonymous(PAGE);
    for (size_t i = 0; i < kernel_count; i++) {
        if (kernels[i].needs & ~mce_cpu_features())
            continue;
        struct mce_fault fault;
        memset(&fault, (int)i % 2 ? 0xff : 0, sizeof fault);
        for (int copy = 0; copy < 40; copy++) {
            rewrites_left = 1 + copy % 3;
            REQUIRE(kernels[i].copy(whole, edge - 5, 2000, &fault) == 1995 && fault.address == (uintptr_t)edge && rewrites_left == 0);
        }
    }
}
static void address_never_in_copy(void) {
    enable_over(exiting, 0);
    install_on_top(rewriting);
    code_instead = BUS_MCEERR_AR, address_instead = anonymous(PAGE), other_address_instead = anonymous(PAGE), rewrites_left = -1;
    recovers();
}

void signals(void) {
    CHECK(outcome_of(touch_truncated) == -SIGBUS, "a fault outside a copy kills as it did before");
    CHECK(outcome_of(send_to_self) == -SIGBUS, "a sent SIGBUS kills as it did before");
    CHECK(outcome_of(foreign_signals) == 0, "a sent SIGBUS goes to the previous handler, and nothing else changes");
    CHECK(outcome_of(over_default) == -SIGBUS, "SIG_DFL with SA_SIGINFO is the default action");
    CHECK(outcome_of(over_ignore) == 0, "SIG_IGN with SA_SIGINFO ignores");
    CHECK(outcome_of(over_ignore_fault) == -SIGBUS, "a fault cannot be ignored");

#ifdef __x86_64__
    CHECK(outcome_of(over_ignore_no_address) == -SIGSEGV, "a fault with SI_KERNEL cannot be ignored");
    CHECK(outcome_of(over_default_no_address) == -SIGSEGV, "a fault with SI_KERNEL kills as it did before");
#endif

    CHECK(outcome_of(mask_is_kept) == 0, "the previous handler runs with its own mask");
    CHECK(outcome_of(resethand_is_honoured) == 0, "a handler with SA_RESETHAND is called once");
    CHECK(outcome_of(errno_is_kept) == 0, "errno is unchanged");

    if (emulated) {
        printf("forged reports, restarted system calls: skipped, under emulation\n");
    } else {
        CHECK(outcome_of(uncovered_report) == 0, "a report that no map covers goes to the previous handler");
        CHECK(outcome_of(system_calls_are_restarted) == 0, "an ignored signal interrupts no system call");
    }

    CHECK(outcome_of(reset_by_previous_handler) == 0, "the previous handler resets the action");
    CHECK(outcome_of(reinstalled_by_previous_handler) == 0, "the previous handler reinstalls itself");
    CHECK(outcome_of(reinstalled_over_ours) == 0, "enabled again after the previous handler reinstalled itself over ours");
    CHECK(outcome_of(covered_while_previous_handler_runs) == 0, "another handler is installed over ours while the previous handler runs");
    CHECK(outcome_of(disabled_while_previous_handler_runs) == PREVIOUS_CALLED, "disabled while the previous handler runs");
    CHECK(outcome_of(disabled_under_another) == PREVIOUS_CALLED, "disabled under another handler: every signal is passed on");
    CHECK(outcome_of(enabled_again_under_another) == PREVIOUS_CALLED, "enabled again under another handler: over it, without a loop");
    CHECK(outcome_of(enabled_again_after_reset) == 0, "enabled again after the action was reset");
    int first = outcome_of(in_pid_namespace);
    if (first == UNAVAILABLE)
        printf("init process of a PID namespace: skipped, this user may not make a namespace\n");
    else
        CHECK(first == 0, "the init process of a PID namespace still recovers");

    CHECK(outcome_of(other_codes) == 0, "BUS_OBJERR, and addresses that are rounded to the page");
    CHECK(outcome_of(address_of_another_mapping) == 0, "a fault with the address of another mapping of the page");
    CHECK(outcome_of(address_never_in_copy) == PREVIOUS_CALLED, "a fault whose address is never in the copy is passed on");
}
