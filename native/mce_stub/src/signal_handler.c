/*
 * The signal handler. All of it is async-signal-safe: it reads registers and static data, and calls only sigaction, sigprocmask and the
 * raw system calls that raise a signal again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixup_table.h"
#include "mce_stub.h"
#include "registers.h"

/* A handled signal. The previous action has two slots, so that a handler can replace it while another thread reads it. */
struct handled_signal {
    struct sigaction previous[2];
    atomic_int which;       /* the valid one of the two */
    atomic_bool recovering; /* false: every signal is passed on */
    bool in_chain;          /* another handler, installed over ours, may call ours */
};

static struct handled_signal sigbus, sigsegv;
static uintptr_t page_size = 4096;

static bool is_handled(int signal) { return signal == SIGBUS || signal == SIGSEGV; }

static struct handled_signal *handled(int signal) { return signal == SIGBUS ? &sigbus : &sigsegv; }

static const struct sigaction *previous_of(struct handled_signal *state) { return &state->previous[atomic_load(&state->which)]; }

static void set_previous(struct handled_signal *state, const struct sigaction *previous) {
    int other = 1 - atomic_load(&state->which);
    state->previous[other] = *previous;
    atomic_store(&state->which, other);
}

static bool touches(uintptr_t address, size_t extent, uintptr_t start, uintptr_t end) { return address < end && address + extent > start; }

/* Whether the kernel raised the signal for an access by the interrupted instruction: not kill(), BUS_MCEERR_AO or an alignment check. */
static bool is_access_fault(int signal, int code) {
    if (signal == SIGBUS)
        return code == BUS_ADRERR || code == BUS_OBJERR || code == BUS_MCEERR_AR;
    return code == SEGV_MAPERR || code == SEGV_ACCERR;
}

static size_t extent_of(const siginfo_t *info) {
    bool has_extent = info->si_signo == SIGBUS && (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);
    return has_extent && info->si_addr_lsb > 0 ? (size_t)1 << info->si_addr_lsb : page_size;
}

/*
 * If a poisoned page is mapped more than once, the kernel reports the address of the first mapping that it finds, which need not be the
 * one that the copy reads (mm/memory-failure.c, add_to_kill). It has unmapped all of them, so a retry of the access raises a page fault
 * with the right address. The record's code counts the retries; a value left by an earlier copy can only make them fewer.
 */
static bool retry_for_address(const siginfo_t *info, struct mce_fault *record) {
    enum { RETRYING = -1, MOST = 16 };
    if (info->si_signo != SIGBUS || info->si_code != BUS_MCEERR_AR)
        return false;
    if (record->signal != RETRYING) {
        record->signal = RETRYING;
        record->code = 0;
    }
    return record->code++ < MOST;
}

static bool recover(const struct mce_fixup *entry, const siginfo_t *info, void *context) {
    if (entry->kind == MCE_KIND_INJECTION)
        return info->si_signo == SIGBUS && info->si_code == BUS_MCEERR_AR;

    uintptr_t at = mce_untagged((uintptr_t)info->si_addr);
    size_t extent = extent_of(info);
    uintptr_t address = at & ~(extent - 1);

    const struct mce_copy copy = mce_copy_at(context, entry->kind == MCE_KIND_SHORT);
    uintptr_t destination_start = copy.destination - (copy.source - copy.source_start);
    uintptr_t destination_end = copy.destination + (copy.source_end - copy.source);

    /* After a machine check si_addr may be rounded down to the page. The exact byte decides if one extent covers parts of both ranges. */
    bool in_destination = touches(at, 1, destination_start, destination_end);
    enum mce_side side;
    if (!in_destination && touches(address, extent, copy.source_start, copy.source_end))
        side = MCE_SOURCE;
    else if (touches(address, extent, destination_start, destination_end))
        side = MCE_DESTINATION;
    else
        return retry_for_address(info, copy.record);

    uintptr_t next = side == MCE_SOURCE ? copy.source : copy.destination;
    struct mce_fault *record = copy.record;
    record->address = address;
    record->extent = extent;
    record->signal = info->si_signo;
    record->code = info->si_code;
    record->side = side;
    record->kind = info->si_signo == SIGSEGV ? MCE_ACCESS_VIOLATION : info->si_code == BUS_MCEERR_AR ? MCE_MACHINE_CHECK : MCE_BUS_ERROR;
    record->written_beyond = 0;
    size_t copyable = address > next ? address - next : 0;
    record->remaining = copy.source_end - copy.source - copyable;
    mce_resume(context, &copy, mce_relative(&entry->fixup), copyable);
    return true;
}

/* Whether the signal may be raised again when the handler returns: a fault is, a sent signal is not, and SI_KERNEL may be either. */
static bool may_recur(int signal, int code) { return code > 0 && !(signal == SIGBUS && code == BUS_MCEERR_AO); }

static bool is_function(const struct sigaction *action) { return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN; }

/* Does what the kernel would have done without our handler. Returns false if the process dies as soon as our handler returns. */
static bool pass_on(int signal, siginfo_t *info, void *context, const struct sigaction *previous) {
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    if (previous->sa_flags & SA_RESETHAND)
        set_previous(handled(signal), &standard);
    /* The kernel honours SIG_DFL and SIG_IGN with SA_SIGINFO too. */
    if (is_function(previous)) {
        if (previous->sa_flags & SA_SIGINFO)
            previous->sa_sigaction(signal, info, context);
        else
            previous->sa_handler(signal);
        return true;
    }
    const bool again = may_recur(signal, info->si_code);
    if (previous->sa_handler == SIG_DFL && (!again || info->si_code == SI_KERNEL)) {
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

static void on_signal(int signal, siginfo_t *info, void *context);

static bool is_ours(const struct sigaction *action) { return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == on_signal; }

/*
 * Installs our handler over a previous one, with its flags and mask, so that the previous one runs as before, above all on the same stack.
 * If there is none, SA_RESTART keeps the signals that we handle from interrupting system calls.
 */
static int install_over(int signal, const struct sigaction *previous) {
    set_previous(handled(signal), previous);
    struct sigaction action = *previous;
    action.sa_sigaction = on_signal;
    action.sa_flags = (previous->sa_flags | SA_SIGINFO) & ~(int)SA_RESETHAND;
    if (!is_function(previous))
        action.sa_flags |= SA_RESTART | SA_ONSTACK;
    return sigaction(signal, &action, NULL) == 0 ? 0 : errno;
}

/* Restores the previous handler, unless another one was installed over ours since. */
static int uninstall(int signal) {
    struct handled_signal *state = handled(signal);
    struct sigaction current;
    if (sigaction(signal, NULL, &current) != 0)
        return errno;
    if (is_ours(&current) && sigaction(signal, previous_of(state), NULL) != 0)
        return errno;
    return 0;
}

/*
 * A previous handler may restore the one before it, as .NET's does for a SIGBUS that was sent, or reinstall itself. Then our handler is
 * installed over the restored one, and recovery continues. Any other function stays on top, because it may call our handler, which would
 * then call it. Until our handler is installed again, a fault in a copy goes to the restored handler.
 */
static void pass_on_and_reinstall(int signal, siginfo_t *info, void *context) {
    struct handled_signal *state = handled(signal);
    const struct sigaction previous = *previous_of(state);
    struct sigaction before, after;
    bool ours_on_top = sigaction(signal, NULL, &before) == 0 && is_ours(&before);
    if (!pass_on(signal, info, context, &previous) || !ours_on_top || sigaction(signal, NULL, &after) != 0)
        return;
    if (is_function(&after) && after.sa_handler != previous.sa_handler)
        return;
    install_over(signal, &after);
    /* mce_disable may have run before install_over, when there was no handler of ours to remove. */
    if (!atomic_load(&state->recovering))
        uninstall(signal);
}

static void on_signal(int signal, siginfo_t *info, void *context) {
    int saved_errno = errno;
    if (atomic_load_explicit(&handled(signal)->recovering, memory_order_relaxed)) {
        if (is_access_fault(signal, info->si_code)) {
            const struct mce_fixup *entry = mce_find_fixup(mce_pc(context));
            if (entry && recover(entry, info, context))
                return;
        } else if (signal == SIGBUS && info->si_code == BUS_MCEERR_AO) {
            size_t extent = extent_of(info);
            if (mce_mark_everywhere((uintptr_t)info->si_addr & ~(extent - 1), extent))
                return;
        }
    }
    pass_on_and_reinstall(signal, info, context);
    errno = saved_errno;
}

int mce_enable(int signal) {
    if (!is_handled(signal))
        return EINVAL;
    struct handled_signal *state = handled(signal);
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);

    struct sigaction current;
    if (sigaction(signal, NULL, &current) != 0)
        return errno;
    /*
     * If a function that was installed over our handler calls it, installing ours again would make a loop. The previous handler does not
     * call ours: if it is the current one, it has reinstalled itself.
     */
    bool may_call_us = state->in_chain && is_function(&current) && current.sa_handler != previous_of(state)->sa_handler;
    if (!is_ours(&current) && !may_call_us) {
        int error = install_over(signal, &current);
        if (error != 0)
            return error;
    }
    state->in_chain = true;
    atomic_store(&state->recovering, true);
    return 0;
}

int mce_disable(int signal) {
    if (!is_handled(signal))
        return EINVAL;
    struct handled_signal *state = handled(signal);
    atomic_store(&state->recovering, false);

    struct sigaction current;
    if (sigaction(signal, NULL, &current) != 0)
        return errno;
    state->in_chain = is_function(&current) && !is_ours(&current);
    return uninstall(signal);
}

uint32_t mce_abi_version(void) { return MCE_ABI_VERSION; }
