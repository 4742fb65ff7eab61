/* The copies with the checks of the contract: an assembly form for each kernel (checks.inc), and what continues the copies that are not
 * short and clean. */
#ifndef MCE_CHECKED_COPY_H
#define MCE_CHECKED_COPY_H

/* The longest copy that the assembly finishes. */
#define MCE_SHORT_COPY 32768

/* Bytes in a block of a long copy, between two looks at the maps. */
#define MCE_BLOCK ((size_t)2 << 20)

/* The offset of the page counts in struct mce_gate, and the longest range that one of them covers. */
#define MCE_GATE_PAGES 64
#define MCE_GATE_RANGE 4096

#ifndef __ASSEMBLER__

#include <stddef.h>

#include "mce_stub.h"

/*
 * mce_copy with a given kernel for copies of at most MCE_SHORT_COPY bytes; longer ones use the kernel of mce_copy. fault must not be null.
 * Exported for CopyMc.dll.
 */
extern mce_copy_fn mce_checked_avx512_erms, mce_checked_avx2_erms, mce_checked_avx512, mce_checked_avx2, mce_checked_sse2,
    mce_checked_rep_movsb, mce_checked_avx512_streaming, mce_checked_avx2_streaming, mce_checked_sse2_streaming, mce_checked_neon,
    mce_checked_neon_streaming;

#pragma GCC visibility push(hidden)

/* What mce_copy calls: the form with checks of the kernel for this CPU. */
extern mce_copy_fn *mce_chosen;

/* Whether a native kernel of this name runs here, with or without streaming stores. */
bool mce_kernel_runs(const char *name, bool streams);

/* Called by the assembly, with the arguments of the copy, before the first byte is copied. */
size_t mce_copy_full(void *dst, const void *src, size_t n, struct mce_fault *fault, mce_copy_fn *kernel);

/* After n bytes, if poison near them may have been marked meanwhile. */
size_t mce_copy_late(void *dst, const void *src, size_t n, struct mce_fault *fault);

/* After a fault: copied bytes are valid, and the handler has written fault. */
size_t mce_copy_faulted(size_t copied, const void *src, size_t n, struct mce_fault *fault);

#pragma GCC visibility pop

#endif
#endif
