/*
 * The actions of a handled signal: ours, and those that it was installed over and passes signals on to.
 *
 * Ours has one function for each action that it was installed over, called its level. So a function that was installed over ours and passes
 * a signal on, or restores what it found, names the action that comes next, and the functions above that one are not called again.
 */
#ifndef MCE_SIGNAL_CHAIN_H
#define MCE_SIGNAL_CHAIN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define MCE_LEVELS 16

typedef void mce_handler(int signal, siginfo_t *info, void *context);

/* The functions that the library installs. */
extern mce_handler *const mce_handlers[MCE_LEVELS];

static inline bool mce_is_function(const struct sigaction *action) {
    return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/* All of these are async-signal-safe. */

/* The signals that recovery is enabled for, as a mask of the kernel. */
uint64_t mce_recovered_signals(void);

bool mce_is_recovering(int signal);

/* The level of our handler, if the kernel calls it; -1 if it calls another function. */
int mce_level_on_top(int signal);

/* Copies the action of a level. An action with SA_RESETHAND is taken once, and then the default one. */
void mce_take_action(int signal, int level, struct sigaction *action);

/*
 * After passed_to, the action of a level, was called while our handler of that level was on top: it may have restored the action before it,
 * as .NET's does for a SIGBUS that was sent, or reinstalled itself. Installs ours over it again. Any other function stays on top.
 */
void mce_install_again(int signal, int level, const struct sigaction *passed_to);

#pragma GCC visibility pop

#endif
