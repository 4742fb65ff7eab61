/*
 * The copy kernels of x86-64, each a contiguous range in the fixup table. registers.h documents the registers at every instruction that
 * may fault.
 */
#include "../fixup_table.inc"
#include "../tuning.h"
    .file "kernels.S" /* not the name of a temporary object, which differs from build to build */
#include "properties.inc"

.macro FUNCTION name
    .globl \name
    .type \name, @function
    .balign 64
\name:
    .cfi_startproc
.endm

/* Moves the arguments (rdi dst, rsi src, rdx n, rcx fault) to the registers of registers.h; rdx stays n. */
.macro SPREAD name
    mov %rcx, %r8
    lea (%rsi,%rdx), %r9
    mov %rsi, %r10
.L\name\()_first:
.endm

.macro KERNEL name
    FUNCTION \name
    SPREAD \name
.endm

/* A kernel whose short copies skip SPREAD: before LONG_COPIES the four arguments stay in their registers. */
.macro KERNEL_WITH_SHORT_COPIES name
    FUNCTION \name
.L\name\()_short:
.endm

.macro LONG_COPIES name, fixup
    FIXUP_ENTRY .L\name\()_short, .L\name\()_first, \fixup, MCE_KIND_SHORT
    SPREAD \name
.endm

/*
 * The fixup of every fault: copies the bytes before the bad one and returns the number of the others. rep movsb keeps rsi exact, so a second
 * fault, for example on the other side, only returns the count.
 */
    .balign 64
    .type mce_fixups, @function
mce_fixups:
    .cfi_startproc
.Lfixup_avx:
    vzeroupper
.Lfixup_streaming:
    sfence
.Lfixup:
.Lfixup_first:
    rep movsb
.Lfixup_last:
.Lfixup_return:
    mov %r9, %rax
    sub %rsi, %rax
    ret
    FIXUP_ENTRY .Lfixup_first, .Lfixup_last, .Lfixup_return, MCE_KIND_COPY
    .cfi_endproc
    .size mce_fixups, . - mce_fixups

#include "checks.inc"

/* Bytes that a streaming loop prefetches ahead of its loads: of 512 to 8192 this was the best on Zen 5 from cold memory. */
#define STREAMING_AHEAD 4096

#include "string_copy.inc"
#include "sse2.inc"
#include "avx2.inc"
#include "avx512.inc"

/* long mce_madvise_hwpoison(void *page, size_t length): the signal that the call raises arrives at the instruction after it. */
    .hidden mce_madvise_hwpoison
    FUNCTION mce_madvise_hwpoison
    mov $28, %eax
    mov $100, %edx
    syscall
.Linjection_first:
    ret
.Linjection_last:
    FIXUP_ENTRY .Linjection_first, .Linjection_last, .Linjection_first, MCE_KIND_INJECTION
    FUNCTION_END mce_madvise_hwpoison

    TABLE_END
