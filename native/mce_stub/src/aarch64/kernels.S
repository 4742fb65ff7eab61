/*
 * The copy kernels of arm64, each a contiguous range in the fixup table. registers.h documents the registers at every instruction that
 * may fault.
 */
#include "../fixup_table.inc"
#include "../tuning.h"
    .file "kernels.S" /* not the name of a temporary object, which differs from build to build */
#include "properties.inc"

.macro FUNCTION name
    .globl \name
    .type \name, %function
    .balign 64
\name:
    .cfi_startproc
    bti c
.endm

/* Moves the arguments (x0 dst, x1 src, x2 n, x3 fault) to the registers of registers.h; x2 stays n. */
.macro SPREAD name
    add x4, x1, x2
    mov x5, x1
.L\name\()_first:
.endm

.macro KERNEL name
    FUNCTION \name
    SPREAD \name
.endm

/* The fixup of every fault: copies the bytes before the bad one and returns the number of the others. A second fault only returns the count. */
    .balign 64
    .type mce_fixups, %function
mce_fixups:
    .cfi_startproc
.Lfixup_streaming:
    dmb ishst
.Lfixup:
    cbz x2, .Lfixup_return
.Lfixup_first:
    ldrb w6, [x1]
    strb w6, [x0]
    add x1, x1, #1
    add x0, x0, #1
    subs x2, x2, #1
    b.ne .Lfixup_first
.Lfixup_last:
.Lfixup_return:
    sub x0, x4, x1
    ret
    FIXUP_ENTRY .Lfixup_first, .Lfixup_last, .Lfixup_return, MCE_KIND_COPY
    .cfi_endproc
    .size mce_fixups, . - mce_fixups

#include "checks.inc"

#define NAME mce_copy_neon
#define FIXUP .Lfixup
#include "neon.inc"

#define NAME mce_copy_neon_streaming
#define FIXUP .Lfixup_streaming
#define STREAMING
#include "neon.inc"

#define NAME mce_checked_neon
#define CHECKED mce_copy_neon
#define FIXUP .Lchecked_fixup
#include "neon.inc"

/* A short copy never streams. */
    .globl mce_checked_neon_streaming
    .set mce_checked_neon_streaming, mce_checked_neon

/* long mce_madvise_hwpoison(void *page, size_t length): the signal that the call raises arrives at the instruction after it. */
    .hidden mce_madvise_hwpoison
    FUNCTION mce_madvise_hwpoison
    mov x8, #233
    mov x2, #100
    svc #0
.Linjection_first:
    ret
.Linjection_last:
    FIXUP_ENTRY .Linjection_first, .Linjection_last, .Linjection_first, MCE_KIND_INJECTION
    FUNCTION_END mce_madvise_hwpoison

    TABLE_END
