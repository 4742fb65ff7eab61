/* What the handler does with a fault inside a copy. */
#ifndef MCE_RECOVERY_H
#define MCE_RECOVERY_H

#include <signal.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum mce_outcome {
    MCE_NOT_OURS, /* not a fault inside a copy */
    MCE_RETURN,   /* the interrupted instruction runs again, with all its registers */
    MCE_RESUME,   /* the context continues at the fixup, which needs no vector register */
};

/* Async-signal-safe. */
enum mce_outcome mce_recover(const siginfo_t *info, void *context);

/* Bytes lost from the address of the signal, rounded down: what the kernel reported, or a page. */
size_t mce_extent_of(const siginfo_t *info);

#pragma GCC visibility pop

#endif
