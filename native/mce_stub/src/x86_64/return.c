#define _GNU_SOURCE
#include "return.h"

#include <cpuid.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* arch/x86/include/uapi/asm/signal.h and sigcontext.h */
#define SA_WITH_RESTORER 0x04000000ul
#define STACK_DISARMED (1u << 31)
#define XSTATE_MAGIC 0x46505853u

struct kernel_sigaction {
    void (*handler)(int, siginfo_t *, void *);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* The saved state: FXSAVE, the kernel's description in its last bytes, and the header of XSAVE. */
struct saved_state {
    uint16_t control, status, tag, opcode;
    uint64_t instruction, operand;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t registers[432];
    uint32_t magic, extended_size;
    uint64_t features;
    uint32_t size, padding[7];
    uint64_t present;
};

_Static_assert(offsetof(struct saved_state, magic) == 464 && offsetof(struct saved_state, present) == 512, "sigcontext.h");

enum {
    PKRU = 1 << 9,
    /* x87, SSE, AVX, AVX-512, PKRU: a function may use the registers without keeping them, or the jump restores them. */
    KNOWN_FEATURES = 0x7 | 0xe0 | PKRU,
    TRAP_FLAG = 0x100,
};

/* In return.S. */
void mce_restorer(void) __attribute__((visibility("hidden")));
_Noreturn void mce_jump(const greg_t *registers, const struct saved_state *state) __attribute__((visibility("hidden")));

/* The C library's, which the kernel returns to if another function was installed over ours and has restored it since. */
static void *_Atomic restorer_of_library;

/* Where the saved state has the protection keys; 0 if this system has none. */
static size_t keys_at;

__attribute__((constructor)) static void find_keys(void) {
    unsigned a, b, c, d;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (c & bit_OSPKE) && __get_cpuid_count(0xd, 9, &a, &b, &c, &d))
        keys_at = b;
}

void mce_set_restorer(int signal, void (*handler)(int, siginfo_t *, void *)) {
    struct kernel_sigaction action;
    /* The C library sets its own restorer; and a library that interposes sigaction has installed its own function. */
    if (syscall(SYS_rt_sigaction, signal, NULL, &action, sizeof action.mask) != 0 || action.handler != handler)
        return;
    if (action.restorer == mce_restorer || action.mask != 0 || !(action.flags & SA_NODEFER))
        return;
    if (action.flags & SA_WITH_RESTORER)
        restorer_of_library = (void *)action.restorer;
    action.flags |= SA_WITH_RESTORER;
    action.restorer = mce_restorer;
    syscall(SYS_rt_sigaction, signal, &action, NULL, sizeof action.mask);
}

static bool has_shadow_stack(void) {
    uint64_t pointer = 0;
    /* Does nothing where there is none. */
    __asm__("rdsspq %0" : "+r"(pointer));
    return pointer != 0;
}

static bool keys_differ(const struct saved_state *state) {
    if (keys_at == 0)
        return false;
    uint32_t saved = 0, now, zero;
    if (!(state->features & PKRU))
        return true;
    if (state->present & PKRU)
        memcpy(&saved, (const char *)state + keys_at, sizeof saved);
    __asm__ volatile("rdpkru" : "=a"(now), "=d"(zero) : "c"(0));
    return saved != now;
}

/* Another function than the kernel may have called our handler at its very end: then the mask of its action is in force. */
static bool blocks_nothing_more(const ucontext_t *context) {
    uint64_t now, before;
    memcpy(&before, &context->uc_sigmask, sizeof before);
    return syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now, sizeof now) == 0 && now == before;
}

void mce_resume_without_return(void *context, void *return_address) {
    const ucontext_t *at = context;
    const struct saved_state *state = (const struct saved_state *)at->uc_mcontext.fpregs;
    const greg_t *registers = at->uc_mcontext.gregs;
    if ((at->uc_stack.ss_flags & (int)STACK_DISARMED) || !state)
        return;
    if (state->magic != XSTATE_MAGIC || (state->present & ~(uint64_t)KNOWN_FEATURES) || state->tag != 0)
        return;
    if ((registers[REG_EFL] & TRAP_FLAG) || keys_differ(state) || has_shadow_stack())
        return;
    /* A function that called ours and has more to do is neither. */
    if (return_address == (void *)mce_restorer || (return_address == restorer_of_library && blocks_nothing_more(at)))
        mce_jump(registers, state);
}
