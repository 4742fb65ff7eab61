/*
 * Installing and removing the handler. Writers take a lock with all signals blocked, so that a handler may take it too: whoever holds it is
 * never interrupted. The handler reads the actions below ours without the lock.
 */
#define _GNU_SOURCE
#include "signal_chain.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#include "mce_stub.h"
#include "return.h"

/* The actions below ours. One stays while a function over ours may call ours of its level. */
struct chain {
    int count;
    struct sigaction actions[MCE_LEVELS];
};

/* Two chains in turn: a change is written to the one that is not in use. */
struct handled_signal {
    struct chain chains[2];
    atomic_uint changes; /* chains[changes % 2] is in use */
    unsigned clients;    /* calls of mce_enable without their mce_disable */
};

static struct handled_signal sigbus, sigsegv;
static _Atomic uint64_t recovered_signals;
static atomic_flag locked = ATOMIC_FLAG_INIT;
static sigset_t mask_of_owner;

static void lock(void) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (atomic_flag_test_and_set_explicit(&locked, memory_order_acquire))
        sched_yield();
    mask_of_owner = before;
}

static void unlock(void) {
    sigset_t before = mask_of_owner;
    atomic_flag_clear_explicit(&locked, memory_order_release);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* A child must not inherit the lock of another thread. */
__attribute__((constructor)) static void prepare_for_fork(void) { pthread_atfork(lock, unlock, unlock); }

static bool is_handled(int signal) { return signal == SIGBUS || signal == SIGSEGV; }

static struct handled_signal *handled(int signal) { return signal == SIGBUS ? &sigbus : &sigsegv; }

/* The level of our handler; -1 if it is another function. */
static int level_of(const struct sigaction *action) {
    int level = MCE_LEVELS - 1;
    while (level >= 0 && action->sa_sigaction != mce_handlers[level])
        level--;
    return level;
}

/* signal(3) restores ours without SA_SIGINFO: then the kernel does not say why it calls it. */
static bool is_ours(const struct sigaction *action) { return level_of(action) >= 0 && (action->sa_flags & SA_SIGINFO); }

static bool same_function(const struct sigaction *a, const struct sigaction *b) { return a->sa_handler == b->sa_handler; }

static uint64_t bit_of(int signal) { return UINT64_C(1) << (signal - 1); }

uint64_t mce_recovered_signals(void) { return atomic_load_explicit(&recovered_signals, memory_order_relaxed); }

bool mce_is_recovering(int signal) { return (mce_recovered_signals() & bit_of(signal)) != 0; }

/* Reading. */

static void read_action(int signal, int level, struct sigaction *action) {
    struct handled_signal *state = handled(signal);
    for (;;) {
        unsigned changes = atomic_load_explicit(&state->changes, memory_order_acquire);
        *action = state->chains[changes % 2].actions[level];
        /* Another change after this one overwrites what was read. */
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&state->changes, memory_order_relaxed) == changes)
            return;
    }
}

static int index_of(const struct chain *chain, const struct sigaction *action) {
    int i = chain->count - 1;
    while (i >= 0 && !same_function(&chain->actions[i], action))
        i--;
    return i;
}

static const struct chain *chain_of(const struct handled_signal *state) { return &state->chains[atomic_load(&state->changes) % 2]; }

int mce_level_on_top(int signal) {
    struct sigaction current;
    return sigaction(signal, NULL, &current) == 0 && is_ours(&current) ? level_of(&current) : -1;
}

/* Changing. The lock is held. */

static struct chain *begin_change(struct handled_signal *state) {
    unsigned changes = atomic_load(&state->changes);
    struct chain *next = &state->chains[(changes + 1) % 2];
    /* Readers of the chain before the one in use see that it is no longer valid before it changes. */
    atomic_thread_fence(memory_order_seq_cst);
    *next = state->chains[changes % 2];
    return next;
}

static void end_change(struct handled_signal *state) { atomic_fetch_add(&state->changes, 1); }

static void replace(struct handled_signal *state, int level, const struct sigaction *action) {
    begin_change(state)->actions[level] = *action;
    end_change(state);
}

/* Ours of the level is on top, so the functions over it have restored it. A thread may still be in one of them: the actions stay. */
static void forget_levels_above(struct handled_signal *state, int level) {
    begin_change(state)->count = level + 1;
    end_change(state);
}

/*
 * The level over an action, which may have been below ours before. If all are in use, the last one is used again, and its action is not
 * called any more: another copy of this library comes over ours with another function each time, and passes on through one below.
 */
static int level_over(struct handled_signal *state, const struct sigaction *action) {
    int level = index_of(chain_of(state), action);
    if (level >= 0) {
        replace(state, level, action);
        return level;
    }
    struct chain *chain = begin_change(state);
    if (chain->count < MCE_LEVELS)
        chain->count++;
    level = chain->count - 1;
    chain->actions[level] = *action;
    end_change(state);
    return level;
}

/*
 * Installs our handler, with the flags of the action below it, so that the function below runs on the stack that it expects. Ours blocks no
 * signal, so that a handler that interrupts it may copy too; what it passes on runs with the mask of its action. If there is no function
 * below, SA_RESTART keeps the signals that we handle from interrupting system calls.
 */
static int install_over(int signal, int level, const struct sigaction *below) {
    struct sigaction action = *below;
    action.sa_sigaction = mce_handlers[level];
    action.sa_flags = (below->sa_flags | SA_SIGINFO | SA_NODEFER) & ~(int)SA_RESETHAND;
    if (!mce_is_function(below))
        action.sa_flags |= SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, &action, NULL) != 0)
        return errno;
    mce_set_restorer(signal, action.sa_sigaction);
    return 0;
}

static int install(int signal) {
    struct handled_signal *state = handled(signal);
    struct sigaction current;
    if (sigaction(signal, NULL, &current) != 0)
        return errno;
    int level = level_of(&current);
    if (level >= 0) {
        /* Another function that was installed over ours may have restored it, but not how it returns, or not with all flags. */
        struct sigaction below;
        read_action(signal, level, &below);
        forget_levels_above(state, level);
        return install_over(signal, level, &below);
    }
    return install_over(signal, level_over(state, &current), &current);
}

/* Restores the action below ours, unless a function was installed over ours since. */
static int uninstall(int signal) {
    struct sigaction current, below;
    if (sigaction(signal, NULL, &current) != 0)
        return errno;
    int level = level_of(&current);
    if (level < 0)
        return 0;
    read_action(signal, level, &below);
    return sigaction(signal, &below, NULL) == 0 ? 0 : errno;
}

void mce_take_action(int signal, int level, struct sigaction *action) {
    read_action(signal, level, action);
    if (!(action->sa_flags & SA_RESETHAND))
        return;
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    lock();
    /* Another thread may have taken it. */
    read_action(signal, level, action);
    if (action->sa_flags & SA_RESETHAND)
        replace(handled(signal), level, &standard);
    unlock();
}

void mce_install_again(int signal, int level, const struct sigaction *passed_to) {
    struct sigaction current;
    lock();
    bool replaceable = sigaction(signal, NULL, &current) == 0 && (!mce_is_function(&current) || same_function(&current, passed_to));
    /* mce_disable may have run meanwhile. */
    if (replaceable && mce_is_recovering(signal)) {
        replace(handled(signal), level, &current);
        install_over(signal, level, &current);
    }
    unlock();
}

/* The public functions. */

int mce_enable(int signal) {
    if (!is_handled(signal))
        return EINVAL;
    struct handled_signal *state = handled(signal);
    lock();
    int error = install(signal);
    if (error == 0) {
        state->clients++;
        atomic_fetch_or(&recovered_signals, bit_of(signal));
    }
    unlock();
    return error;
}

int mce_reinstall(int signal) {
    if (!is_handled(signal))
        return EINVAL;
    lock();
    int error = handled(signal)->clients == 0 ? ESRCH : install(signal);
    unlock();
    return error;
}

int mce_disable(int signal) {
    if (!is_handled(signal))
        return EINVAL;
    struct handled_signal *state = handled(signal);
    int error = 0;
    lock();
    if (state->clients != 0 && --state->clients == 0) {
        atomic_fetch_and(&recovered_signals, ~bit_of(signal));
        error = uninstall(signal);
    }
    unlock();
    return error;
}

int mce_handler_state(int signal, struct mce_handler_state *result) {
    if (!is_handled(signal) || !result)
        return EINVAL;
    struct handled_signal *state = handled(signal);
    struct sigaction current;
    int error = 0;
    lock();
    if (sigaction(signal, NULL, &current) != 0) {
        error = errno;
    } else {
        result->clients = (int32_t)state->clients;
        result->function = mce_is_function(&current) ? (const void *)(uintptr_t)current.sa_sigaction : NULL;
        result->position = state->clients == 0                                   ? MCE_NOT_ENABLED
                           : is_ours(&current)                                   ? MCE_ON_TOP
                           : mce_is_function(&current) && level_of(&current) < 0 ? MCE_COVERED
                                                                                 : MCE_REMOVED;
    }
    unlock();
    return error;
}
