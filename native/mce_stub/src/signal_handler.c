/*
 * The signal handler. All of it is async-signal-safe: it reads registers, static data and a thread-local variable in the static block, and
 * calls only sigaction, sigprocmask and the raw system calls that raise a signal again. It may be interrupted by itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "mce_stub.h"
#include "recovery.h"
#include "return.h"
#include "signal_chain.h"
#include "thread_local.h"

/* What happens to early reports that no map covers. */
static atomic_int uncovered_reports_are;
static atomic_ulong uncovered_reports;

/* Whether the signal may be raised again when the handler returns: a fault is, a sent signal is not, and SI_KERNEL may be either. */
static bool may_recur(int signal, int code) { return code > 0 && !(signal == SIGBUS && code == BUS_MCEERR_AO); }

/* Calls a function with the mask that the kernel would have given it. */
static void call(const struct sigaction *action, int signal, siginfo_t *info, void *context) {
    sigset_t blocked = action->sa_mask, before;
    if (!(action->sa_flags & SA_NODEFER))
        sigaddset(&blocked, signal);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    /* The kernel honours SIG_DFL and SIG_IGN with SA_SIGINFO too. */
    if (action->sa_flags & SA_SIGINFO)
        action->sa_sigaction(signal, info, context);
    else
        action->sa_handler(signal);
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Does what the kernel would have done without our handler. Returns false if the process dies as soon as our handler returns. */
static bool pass_on_to(const struct sigaction *action, int signal, siginfo_t *info, void *context) {
    if (mce_is_function(action)) {
        call(action, signal, info, context);
        return true;
    }
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    const bool again = may_recur(signal, info->si_code);
    if (action->sa_handler == SIG_DFL && (!again || info->si_code == SI_KERNEL || info->si_signo != signal)) {
        sigset_t only_this;
        sigemptyset(&only_this);
        sigaddset(&only_this, signal);
        /* Where a sandbox refuses sigaction, the signal would come back here without end. */
        if (sigaction(signal, &standard, NULL) != 0)
            kill(getpid(), SIGKILL);
        /* The kernel refuses what is left on the stack where it gave no information. */
        if (syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid), signal, info) != 0)
            raise(signal);
        /* The process dies here, unless it is the init process of a PID namespace, which the default action does not kill
         * (pid_namespaces(7)). */
        sigprocmask(SIG_UNBLOCK, &only_this, NULL);
    } else if (again) {
        /* The kernel takes the default action for an ignored fault too, and for a blocked one, where a sandbox refuses sigaction. */
        if (sigaction(signal, &standard, NULL) != 0)
            sigaddset(&((ucontext_t *)context)->uc_sigmask, signal);
        return false;
    }
    return true;
}

/*
 * The signal that this thread passes on, and the levels whose actions were called for it. If a function leaves by siglongjmp, this stays,
 * and the context of a later signal may be at the same address; but its link is null, as the kernel sets it at delivery and does not read
 * it. Another copy of this library has levels of its own.
 */
struct passing {
    const void *context;
    unsigned called;
};

static MCE_THREAD_LOCAL volatile struct passing passing;

/*
 * A function over ours may pass a signal on to ours although it is also below ours: it reinstalled itself. It must not be called again. -1
 * if no level is left.
 */
static int next_level(unsigned called, int level) {
    while (level >= 0 && (called & 1u << level))
        level--;
    return level;
}

/* Apart from a recovery, which must need little of an alternate stack. */
__attribute__((noinline)) static void pass_on(int entered, int signal, siginfo_t *info, void *context) {
    ucontext_t *at = context, *const link = at->uc_link;
    const struct passing outer = passing;
    const unsigned called = outer.context == context && link ? outer.called : 0;
    const int level = next_level(called, entered);
    struct sigaction action = {.sa_handler = SIG_DFL};
    if (level >= 0)
        mce_take_action(signal, level, &action);
    const bool on_top = level >= 0 && mce_level_on_top(signal) == level;
    passing = (struct passing){context, level >= 0 ? called | 1u << level : called};
    at->uc_link = at;
    const bool goes_on = pass_on_to(&action, signal, info, context);
    at->uc_link = link;
    passing = outer;
    if (goes_on && on_top)
        mce_install_again(signal, level, &action);
}

static void handle(int level, int signal, siginfo_t *info, void *context, void *return_address) {
    int saved_errno = errno;
    if (mce_is_recovering(signal) && info->si_signo == signal) {
        switch (mce_recover(info, context)) {
        case MCE_RESUME:
            /* If ours is restored without SA_SIGINFO, the next signal finds this one's information, and must not take it for its own. */
            info->si_signo = 0;
            mce_resume_without_return(context, return_address);
            return;
        case MCE_RETURN:
            return;
        case MCE_NOT_OURS:
            break;
        }
        if (signal == SIGBUS && info->si_code == BUS_MCEERR_AO) {
            size_t extent = mce_extent_of(info);
            bool covered = mce_mark_everywhere((uintptr_t)info->si_addr & ~(extent - 1), extent);
            if (!covered)
                atomic_fetch_add_explicit(&uncovered_reports, 1, memory_order_relaxed);
            if (covered || atomic_load_explicit(&uncovered_reports_are, memory_order_relaxed) == MCE_REPORTS_COUNTED)
                return;
        }
    }
    pass_on(level, signal, info, context);
    errno = saved_errno;
}

#define FUNCTION(level)                                                                                                                    \
    static void handle_##level(int signal, siginfo_t *info, void *context) {                                                               \
        handle(level, signal, info, context, __builtin_return_address(0));                                                                 \
    }
#define ENTRY(level) handle_##level,
#define ALL_LEVELS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
ALL_LEVELS(FUNCTION)
mce_handler *const mce_handlers[MCE_LEVELS] = {ALL_LEVELS(ENTRY)};

int mce_handle_uncovered_reports(enum mce_uncovered_reports how) {
    if (how != MCE_REPORTS_PASSED_ON && how != MCE_REPORTS_COUNTED)
        return EINVAL;
    atomic_store(&uncovered_reports_are, how);
    return 0;
}

uint64_t mce_uncovered_reports(void) { return atomic_load(&uncovered_reports); }

uint32_t mce_abi_version(void) { return MCE_ABI_VERSION; }
