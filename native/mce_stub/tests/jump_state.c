/* Tests the jump out of the handler with the state of wide vectors and of tiles in use. */
#ifdef __x86_64__
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "scenario.h"

/* A function may use these registers without keeping them, so a jump need not restore them; but their use must not prevent it. */
static void wide_vectors_in_use(void) {
    if (!(mce_cpu_features() & MCE_CPU_AVX512))
        _exit(UNAVAILABLE);
    prepare();
    forbid_return();
    __asm__ volatile("vpternlogd $0xff, %%zmm0, %%zmm0, %%zmm0\n vmovdqa64 %%zmm0, %%zmm15\n vmovdqa64 %%zmm0, %%zmm31\n"
                     "kxnorw %%k1, %%k1, %%k1\n kxnorw %%k7, %%k7, %%k7" ::
                         : "memory");
    REQUIRE(recovers());
}

/* The kernel saves eight tiles, which the ABI lets a function expect to be kept by what does not use them. */
enum { REQUEST_PERMISSION = 0x1023, TILES = 18, TILES_BIT = 1 << 24 };

static bool may_use_tiles(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & TILES_BIT) && syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILES) == 0;
}

static void tiles_are_kept(void) {
    if (!may_use_tiles())
        _exit(UNAVAILABLE);
    static unsigned char before[1024], after[1024];
    struct {
        uint8_t palette, start, zero[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } configuration = {.palette = 1, .bytes = {64}, .rows = {16}};
    for (size_t i = 0; i < sizeof before; i++)
        before[i] = (unsigned char)(i * 7 + 1);
    prepare();
    __asm__ volatile("ldtilecfg %0\n tileloadd (%1, %2), %%tmm0" ::"m"(configuration), "r"(before), "r"(64l) : "memory");
    bool right = recovers();
    __asm__ volatile("tilestored %%tmm0, (%0, %1)\n tilerelease" ::"r"(after), "r"(64l) : "memory");
    REQUIRE(right && memcmp(before, after, sizeof before) == 0);
}

static void tiles_without_return(void) {
    forbid_return();
    tiles_are_kept();
}

/* A saved state that the jump does not know, as of a processor without XSAVE, or with registers that this one may lack. */

enum { MAGIC_AT = 464, PRESENT_AT = 512 };
static void (*ours)(int, siginfo_t *, void *);
static void (*change_state)(ucontext_t *at);

static void changing_state(int signal, siginfo_t *info, void *context) {
    change_state(context);
    ours(signal, info, context);
}
static void no_change(ucontext_t *at) { (void)at; }
static void no_state(ucontext_t *at) { at->uc_mcontext.fpregs = NULL; }
static void no_magic(ucontext_t *at) { memset((char *)at->uc_mcontext.fpregs + MAGIC_AT, 0, 4); }
static void another_feature(ucontext_t *at) { ((uint64_t *)((char *)at->uc_mcontext.fpregs + PRESENT_AT))[0] |= UINT64_C(1) << TILES; }

static void put_on_top(void (*change)(ucontext_t *at)) {
    struct sigaction before, on_top = {.sa_sigaction = changing_state, .sa_flags = SA_SIGINFO | SA_NODEFER};
    prepare();
    sigaction(SIGBUS, NULL, &before);
    ours = before.sa_sigaction;
    change_state = change;
    sigaction(SIGBUS, &on_top, NULL);
}
static void recover_with(void (*change)(ucontext_t *at)) {
    put_on_top(change);
    forbid_return();
    REQUIRE(recovers());
}
static void returns_without_state(void) {
    put_on_top(no_state);
    REQUIRE(recovers());
}
static void known_state(void) { recover_with(no_change); }
static void without_state(void) { recover_with(no_state); }
static void without_magic(void) { recover_with(no_magic); }
static void with_another_feature(void) { recover_with(another_feature); }

void jump_state(void) {
    check_scenario(known_state, 0, "a recovery under a function that has nothing more to do leaves by a jump");
    check_scenario(without_state, -SIGSYS, "a recovery without a saved state needs rt_sigreturn");
    check_scenario(returns_without_state, 0, "a recovery without a saved state");
    check_scenario(without_magic, -SIGSYS, "a saved state without XSAVE needs rt_sigreturn");
    check_scenario(with_another_feature, -SIGSYS, "a saved state with another feature needs rt_sigreturn");
    check_scenario(wide_vectors_in_use, 0, "a recovery with wide vectors in use leaves by a jump");
    check_scenario(tiles_are_kept, 0, "tiles are unchanged");
    check_scenario(tiles_without_return, -SIGSYS, "tiles need rt_sigreturn");
}
#endif
