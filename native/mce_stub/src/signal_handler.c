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
#include <unistd.h>

#include "mce_stub.h"
#include "recovery.h"
#include "return.h"
#include "signal_chain.h"

/* What happens to early reports that no map covers. */
static atomic_int uncovered_reports_are;
static atomic_ulong uncovered_reports;

/*
 * The signal that this thread's handler passes on. A function that was installed over ours, and over which ours was installed again, passes
 * it on to ours: that call, deeper on the stack with the same context, goes one level lower. If a function leaves by siglongjmp, this
 * stays, and a later signal is recognised as a new one, because it comes higher on the stack.
 */
struct passing {
    const void *context;
    uintptr_t frame;
    int level;
};

/* Thread-local memory of the initial-exec model exists from the start of the thread; other models may allocate at the first use. */
static __thread volatile struct passing passing __attribute__((tls_model("initial-exec")));

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
    if (action->sa_handler == SIG_DFL && (!again || info->si_code == SI_KERNEL)) {
        sigset_t only_this;
        sigemptyset(&only_this);
        sigaddset(&only_this, signal);
        sigaction(signal, &standard, NULL);
        syscall(SYS_rt_tgsigqueueinfo, getpid(), (pid_t)syscall(SYS_gettid), signal, info);
        /* The process dies here, unless it is the init process of a PID namespace, which the default action does not kill
         * (pid_namespaces(7)). */
        sigprocmask(SIG_UNBLOCK, &only_this, NULL);
    } else if (again) {
        /* The kernel takes the default action for an ignored fault too. */
        sigaction(signal, &standard, NULL);
        return false;
    }
    return true;
}

static void pass_on(int signal, siginfo_t *info, void *context) {
    const struct passing outer = passing;
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    const bool again = outer.context == context && frame < outer.frame;
    struct sigaction action;
    const int level = mce_take_action(signal, again ? outer.level - 1 : MCE_TOP, &action);
    const bool on_top = !again && mce_is_on_top(signal);

    passing = (struct passing){context, frame, level};
    const bool goes_on = pass_on_to(&action, signal, info, context);
    passing = outer;
    if (goes_on && on_top && !mce_is_on_top(signal))
        mce_install_again(signal, &action);
}

void mce_on_signal(int signal, siginfo_t *info, void *context) {
    int saved_errno = errno;
    if (mce_is_recovering(signal)) {
        switch (mce_recover(info, context)) {
        case MCE_RESUME:
            mce_resume_without_return(context, __builtin_return_address(0));
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
    pass_on(signal, info, context);
    errno = saved_errno;
}

int mce_handle_uncovered_reports(enum mce_uncovered_reports how) {
    if (how != MCE_REPORTS_PASSED_ON && how != MCE_REPORTS_COUNTED)
        return EINVAL;
    atomic_store(&uncovered_reports_are, how);
    return 0;
}

uint64_t mce_uncovered_reports(void) { return atomic_load(&uncovered_reports); }

uint32_t mce_abi_version(void) { return MCE_ABI_VERSION; }
