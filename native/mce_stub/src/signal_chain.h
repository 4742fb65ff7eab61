/* The actions of a handled signal: ours, and those below it that it passes signals on to. */
#ifndef MCE_SIGNAL_CHAIN_H
#define MCE_SIGNAL_CHAIN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* The function that the library installs. */
void mce_on_signal(int signal, siginfo_t *info, void *context);

/* The level of the action directly below ours, whatever their number is. */
#define MCE_TOP 1000

static inline bool mce_is_function(const struct sigaction *action) {
    return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/* All of these are async-signal-safe. */

/* The signals that recovery is enabled for, as a mask of the kernel. */
uint64_t mce_recovered_signals(void);

bool mce_is_recovering(int signal);

/* Whether the kernel calls our handler, and no other is installed over it. */
bool mce_is_on_top(int signal);

/*
 * Copies the action of a level, or of the highest if there are fewer; the default action if there is none. Returns its level. An action
 * with SA_RESETHAND is taken once, and then the default one.
 */
int mce_take_action(int signal, int level, struct sigaction *action);

/*
 * After passed_to, the action directly below ours, was called while ours was installed: it may have restored the one before it, as .NET's
 * does for a SIGBUS that was sent, or reinstalled itself. Installs ours over it again. Any other function stays on top.
 */
void mce_install_again(int signal, const struct sigaction *passed_to);

#pragma GCC visibility pop

#endif
