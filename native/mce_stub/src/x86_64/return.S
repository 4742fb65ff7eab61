/* Leaving the signal handler. return.h says when. */
    .file "return.S" /* not the name of a temporary object, which differs from build to build */
#include "properties.inc"

    .text

/* At the offsets of struct ucontext (sigcontext.h). */
.macro SAVED_REGISTER dwarf, offset
    .cfi_escape 0x10, \dwarf, 3, 0x77, (\offset & 0x7f) | 0x80, \offset >> 7 /* DW_CFA_expression: rsp + offset */
.endm

/*
 * The kernel returns from our handler to this function. It has the name and the instructions by which debuggers and unwinders recognise the
 * frame of a signal; the unwind information begins a byte before it, because unwinders look up the address before a return address.
 */
    .balign 16
    .type __restore_rt, @function
    .cfi_startproc simple
    .cfi_signal_frame
    .cfi_escape 0x0f, 4, 0x77, 0xa0, 0x01, 0x06 /* DW_CFA_def_cfa_expression: the saved rsp */
    SAVED_REGISTER 8, 40
    SAVED_REGISTER 9, 48
    SAVED_REGISTER 10, 56
    SAVED_REGISTER 11, 64
    SAVED_REGISTER 12, 72
    SAVED_REGISTER 13, 80
    SAVED_REGISTER 14, 88
    SAVED_REGISTER 15, 96
    SAVED_REGISTER 5, 104 /* rdi */
    SAVED_REGISTER 4, 112 /* rsi */
    SAVED_REGISTER 6, 120 /* rbp */
    SAVED_REGISTER 3, 128 /* rbx */
    SAVED_REGISTER 1, 136 /* rdx */
    SAVED_REGISTER 0, 144 /* rax */
    SAVED_REGISTER 2, 152 /* rcx */
    SAVED_REGISTER 7, 160 /* rsp */
    SAVED_REGISTER 16, 168 /* rip */
    nop
    .globl mce_restorer
    .hidden mce_restorer
    .type mce_restorer, @function
mce_restorer:
__restore_rt:
    mov $15, %rax
    syscall
    .cfi_endproc
    .size __restore_rt, . - __restore_rt
    .size mce_restorer, . - mce_restorer

/* mce_jump(const greg_t *registers, const struct saved_state *state): does not return. rax and r11 are free at every fixup. */
    .balign 16
    .globl mce_jump
    .hidden mce_jump
    .type mce_jump, @function
mce_jump:
    .cfi_startproc
    ldmxcsr 24(%rsi)
    /* As a handler starts with it, so nearly always. */
    cmpl $0x37f, (%rsi)
    je 1f
    /* The control, status and tag words; no x87 register is in use. */
    movzwl (%rsi), %eax
    movzwl 2(%rsi), %ecx
    movl %eax, -28(%rsp)
    movl %ecx, -24(%rsp)
    movl $0xffff, -20(%rsp)
    movq $0, -16(%rsp)
    movq $0, -8(%rsp)
    fldenv -28(%rsp)
1:  mov %rdi, %rax
    mov (16 * 8)(%rax), %r11
    mov (0 * 8)(%rax), %r8
    mov (1 * 8)(%rax), %r9
    mov (2 * 8)(%rax), %r10
    mov (4 * 8)(%rax), %r12
    mov (5 * 8)(%rax), %r13
    mov (6 * 8)(%rax), %r14
    mov (7 * 8)(%rax), %r15
    mov (8 * 8)(%rax), %rdi
    mov (9 * 8)(%rax), %rsi
    mov (10 * 8)(%rax), %rbp
    mov (11 * 8)(%rax), %rbx
    mov (12 * 8)(%rax), %rdx
    mov (14 * 8)(%rax), %rcx
    mov (15 * 8)(%rax), %rsp
    jmp *%r11
    .cfi_endproc
    .size mce_jump, . - mce_jump

    NOTE_OF_PROPERTIES
    .section .note.GNU-stack, "", %progbits
