/* Long copies in threads that block the signals that copies recover from. */
#ifndef MCE_BLOCKED_SIGNALS_H
#define MCE_BLOCKED_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Unblocks the signals for a long copy, and returns whether mce_long_copy_ends must block them again with the mask. Looks at the mask of a
 * thread once, if nothing is blocked: it costs a system call. Async-signal-safe. Exported for CopyMc.dll.
 */
bool mce_long_copy_begins(uint64_t *mask) __attribute__((visibility("default")));
void mce_long_copy_ends(const uint64_t *mask) __attribute__((visibility("default")));

#endif
