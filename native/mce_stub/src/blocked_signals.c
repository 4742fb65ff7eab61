/* Threads that block the signals that copies recover from. A fault there kills the process before any handler runs. */
#define _GNU_SOURCE
#include "blocked_signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mce_stub.h"
#include "signal_chain.h"
#include "thread_local.h"

/* The signals that this thread did not block when a long copy looked for the first time. */
static MCE_THREAD_LOCAL uint64_t open_signals;

/* Returns 0 or an errno: a sandbox may refuse it. */
static int change_mask(int how, const uint64_t *mask, uint64_t *before) {
    return syscall(SYS_rt_sigprocmask, how, mask, before, sizeof *mask) == 0 ? 0 : errno;
}

int mce_prepare_thread(void) {
    const uint64_t signals = mce_recovered_signals();
    const int before = errno, error = change_mask(SIG_UNBLOCK, &signals, NULL);
    errno = before;
    return error;
}

bool mce_long_copy_begins(uint64_t *mask) {
    const uint64_t signals = mce_recovered_signals();
    if ((signals & ~open_signals) == 0)
        return false;
    const int before = errno;
    if (change_mask(SIG_UNBLOCK, &signals, mask) != 0) {
        errno = before;
        return false;
    }
    open_signals = signals & ~*mask;
    return open_signals != signals;
}

void mce_long_copy_ends(const uint64_t *mask) { change_mask(SIG_SETMASK, mask, NULL); }
