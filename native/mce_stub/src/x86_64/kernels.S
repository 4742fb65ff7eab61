/*
 * The copy kernels of x86-64, each a contiguous range in the fixup table. Registers at every instruction that may fault are
 * those of registers.h.
 */
#include "../fixup_table.inc"

.macro FUNCTION name
    .globl \name
    .type \name, @function
    .balign 64
\name:
    .cfi_startproc
.endm

/* (rdi dst, rsi src, rdx n, rcx fault) to the registers of registers.h; rdx stays n. */
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

/* A kernel whose short copies do without that: up to LONG_COPIES the four arguments stay where they are. */
.macro KERNEL_WITH_SHORT_COPIES name
    FUNCTION \name
.L\name\()_short:
.endm

.macro LONG_COPIES name, fixup
    FIXUP_ENTRY .L\name\()_short, .L\name\()_first, \fixup, MCE_KIND_SHORT
    SPREAD \name
.endm

/*
 * Where every fault ends: copy what is left before the bad byte, and return the rest. rep movsb keeps rsi exact, so that a
 * second fault, on the other side say, needs nothing but the count.
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

/* How far ahead of the loads a streaming loop prefetches: of 512 to 8192 bytes this was the best on Zen 5 from cold memory. */
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
