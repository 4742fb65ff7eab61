/*
 * How the handler leaves after a recovery: by a jump, without rt_sigreturn, where that leaves nothing unrestored. A recovery then costs
 * about four fifths.
 *
 * The jump restores all general registers, MXCSR and the x87 environment. The fixup is inside a function, so its caller expects no vector
 * or tile register to be kept, and the direction flag to be clear, as it is in a handler. What the jump cannot restore is looked at each
 * time: the mask of signals    our action blocks none, and only ours has our restorer: if another function called ours, it has another one
 *   an alternate stack     that delivery has disarmed (SS_AUTODISARM)
 *   protection keys        reset by the kernel for the handler
 *   x87 and AMX registers  live where the ABI has none live; single-stepping and other flags of the processor
 *   a shadow stack         (CET), which has a token of the handler's
 */
#ifndef MCE_RETURN_H
#define MCE_RETURN_H

#include <signal.h>

#pragma GCC visibility push(hidden)

/* Makes the installed action, if its function is the given one, return through our restorer. */
void mce_set_restorer(int signal, void (*handler)(int, siginfo_t *, void *));

/* Continues at the context, which must be a fixup, or returns if only rt_sigreturn can. return_address is the handler's. */
void mce_resume_without_return(void *context, void *return_address);

#pragma GCC visibility pop

#endif
