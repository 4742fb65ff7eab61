#include <stddef.h>

#include "mce_stub.h"

/* In kernels.S, where the instruction after the system call has an entry in the fixup table. Returns 0 or -errno. */
long mce_madvise_hwpoison(void *page, size_t length) __attribute__((visibility("hidden")));

int mce_inject_hwpoison(void *page, size_t length) { return (int)-mce_madvise_hwpoison(page, length); }
