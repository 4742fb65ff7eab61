/*
 * How the handler leaves after a recovery: by a jump, without rt_sigreturn, where that loses nothing. A recovery then costs about four
 * fifths.
 *
 * The jump restores all general registers, MXCSR and the x87 environment. The fixup is inside a function, so its caller expects no vector
 * or tile register to be kept, and the direction flag to be clear, as it is in a handler.
 *
 * The jump cannot restore the following, so each recovery looks for it:
 *
 * - The mask of signals. Our action blocks none, and only our action returns to our restorer. If another function was installed over ours,
 *   the restorer is another one, and the mask is asked for.
 * - An alternate stack that delivery has disarmed (SS_AUTODISARM).
 * - Protection keys and the trap flag, which the kernel resets for a handler.
 * - Live x87 and AMX registers, which the ABI does not have in a call.
 * - A shadow stack (CET), on which delivery has put a token.
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
