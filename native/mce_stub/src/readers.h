/*
 * Readers of data that writers replace, as in the kernel's sleepable RCU (kernel/rcu/srcutree.c): a writer publishes the new data, waits
 * until the readers of the former data have left, and frees it. Readers never wait, so that a signal handler may be one.
 */
#ifndef MCE_READERS_H
#define MCE_READERS_H

#pragma GCC visibility push(hidden)

/* What was published before is valid until mce_readers_leave with the returned value. Async-signal-safe; may be nested. */
unsigned mce_readers_enter(void);
void mce_readers_leave(unsigned place);

/* The two steps of mce_readers_enter. Between them writers may change the bank. */
unsigned mce_readers_bank(void);
unsigned mce_readers_enter_bank(unsigned bank);

/* Returns when every reader that entered before the call has left. The caller is no reader and holds the lock of the writers. */
void mce_readers_wait(void);

/* In the child of a fork, where the other threads' readers do not exist. The forking thread is no reader. */
void mce_readers_forget(void);

#pragma GCC visibility pop

#endif
