/*
 * The stub's contract, from C: every kernel, every fault that an unprivileged process can make, both sides, and what must not be
 * touched. Prints a line per check that fails and "N passed, N failed" at the end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "mce_stub.h"
#include "reported_poison.h"

#define PAGE 4096ul

static int passed, failed;

#define CHECK(condition, ...)                                                                                                              \
    do {                                                                                                                                   \
        if (condition) {                                                                                                                   \
            passed++;                                                                                                                      \
        } else if (failed++ < 20) {                                                                                                        \
            printf("%s:%d: ", __func__, __LINE__);                                                                                         \
            printf(__VA_ARGS__);                                                                                                           \
            puts("");                                                                                                                      \
        }                                                                                                                                  \
    } while (0)

static const struct kernel {
    const char *name;
    mce_copy_fn *copy;
    uint32_t needs;
} kernels[] = {
#if defined(__x86_64__)
    {"avx512_erms", mce_copy_avx512_erms, MCE_CPU_AVX512},
    {"avx2_erms", mce_copy_avx2_erms, MCE_CPU_AVX2},
    {"avx512", mce_copy_avx512, MCE_CPU_AVX512},
    {"avx2", mce_copy_avx2, MCE_CPU_AVX2},
    {"sse2", mce_copy_sse2, MCE_CPU_SSE2},
    {"rep_movsb", mce_copy_rep_movsb, MCE_CPU_SSE2},
    {"avx512_streaming", mce_copy_avx512_streaming, MCE_CPU_AVX512},
    {"avx2_streaming", mce_copy_avx2_streaming, MCE_CPU_AVX2},
    {"sse2_streaming", mce_copy_sse2_streaming, MCE_CPU_SSE2},
#else
    {"neon", mce_copy_neon, MCE_CPU_NEON},
    {"neon_streaming", mce_copy_neon_streaming, MCE_CPU_NEON},
#endif
};
#define KERNELS (sizeof kernels / sizeof *kernels)

static void *must(void *p) {
    if (p == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return p;
}

/* length bytes of pattern, then pages that raise SIGBUS: the file ends there. */
static unsigned char *truncated(size_t length, size_t beyond) {
    int file = memfd_create("test", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)length) != 0) {
        perror("memfd");
        exit(1);
    }
    unsigned char *p = must(mmap(NULL, length + beyond, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    close(file);
    for (size_t i = 0; i < length; i++)
        p[i] = (unsigned char)(i * 131 + (i >> 8) + 1);
    return p;
}

static unsigned char *anonymous(size_t length) {
    return must(mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static bool all(const unsigned char *p, size_t n, unsigned char value) {
    for (size_t i = 0; i < n; i++) {
        if (p[i] != value)
            return false;
    }
    return true;
}

/* A copy of n bytes of which only the first `good` can be read, or written. */
static void one_fault(const struct kernel *k, size_t good, size_t n, size_t offset, enum mce_side side) {
    enum { AREA = 96 * 1024, CANARY = 0xEE };
    static unsigned char *bad, *whole;
    if (!bad) {
        bad = truncated(AREA, AREA);
        whole = anonymous(2 * AREA);
    }
    struct mce_fault fault;
    unsigned char *edge = bad + AREA;
    if (side == MCE_SOURCE) {
        unsigned char *source = edge - good, *destination = whole + offset;
        memset(destination, CANARY, n + 64);
        size_t remaining = k->copy(destination, source, n, &fault);
        CHECK(remaining == n - good, "%s: %zu of %zu bytes readable, remaining %zu", k->name, good, n, remaining);
        CHECK(!memcmp(destination, source, good), "%s: prefix of %zu of %zu differs", k->name, good, n);
        CHECK(all(destination + good, n - good + 64, CANARY), "%s: wrote after %zu of %zu", k->name, good, n);
    } else {
        unsigned char *source = whole + offset, *destination = edge - good;
        for (size_t i = 0; i < n; i++)
            source[i] = (unsigned char)(i * 7 + 3);
        memset(destination, CANARY, good);
        size_t remaining = k->copy(destination, source, n, &fault);
        CHECK(remaining == n - good, "%s: %zu of %zu bytes writable, remaining %zu", k->name, good, n, remaining);
        CHECK(!memcmp(destination, source, good), "%s: prefix of %zu of %zu differs", k->name, good, n);
    }
    CHECK(fault.remaining == n - good, "%s: record: remaining %zu of %zu, %zu good", k->name, fault.remaining, n, good);
    CHECK(fault.side == (int)side && fault.signal == SIGBUS && fault.code == BUS_ADRERR && fault.extent == PAGE &&
              fault.address == (uintptr_t)edge,
          "%s: record: side %d signal %d code %d extent %zu address %+ld", k->name, fault.side, fault.signal, fault.code, fault.extent,
          (long)(fault.address - (uintptr_t)edge));
}

static void every_fault(const struct kernel *k) {
    static const size_t lengths[] = {1,   2,   3,   5,   8,   13,  16,  31,  32,  33,   63,   64,   65,
                                     100, 128, 129, 200, 256, 300, 512, 513, 700, 1024, 5000, 70000};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        size_t n = lengths[l], step = n <= 64 ? 1 : n / 37;
        for (size_t good = 0; good < n; good += step) {
            for (size_t offset = 0; offset < 64; offset += 21) {
                one_fault(k, good, n, offset, MCE_SOURCE);
                one_fault(k, good, n, offset, MCE_DESTINATION);
            }
        }
    }
}

static void clean_copies(const struct kernel *k) {
    enum { MAX = 1200 };
    unsigned char *source = anonymous(2 * MAX), *destination = anonymous(2 * MAX);
    struct mce_fault fault;
    for (size_t i = 0; i < 2 * MAX; i++)
        source[i] = (unsigned char)(i * 31 + 7);
    for (size_t n = 0; n <= MAX; n++) {
        size_t from = n % 67, to = n % 61;
        memset(destination, 0xEE, 2 * MAX);
        size_t remaining = k->copy(destination + to, source + from, n, &fault);
        CHECK(remaining == 0 && !memcmp(destination + to, source + from, n) && all(destination, to, 0xEE) &&
                  all(destination + to + n, 2 * MAX - to - n, 0xEE),
              "%s: clean copy of %zu", k->name, n);
    }
    munmap(source, 2 * MAX);
    munmap(destination, 2 * MAX);
}

static volatile sig_atomic_t foreign;
static int foreign_code;
static void foreign_handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    foreign++;
    foreign_code = info->si_code;
}

/* How a child ended that runs f: the signal that killed it, or 0. */
static int death_of(void (*f)(void)) {
    pid_t child = fork();
    if (child == 0) {
        f();
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void touch_truncated(void) {
    volatile unsigned char *p = truncated(PAGE, PAGE);
    (void)p[PAGE];
}
static void send_to_self(void) { kill(getpid(), SIGBUS); }

/* What is not a fault inside a copy goes where it went before. */
static void foreign_signals(void) {
    CHECK(death_of(touch_truncated) == SIGBUS, "a fault outside a copy kills as it did before");
    CHECK(death_of(send_to_self) == SIGBUS, "a sent SIGBUS kills as it did before");

    mce_disable(SIGBUS);
    const int kernel_only = 0x04000000; /* SA_RESTORER, which the C library adds */
    struct sigaction action = {.sa_sigaction = foreign_handler, .sa_flags = SA_SIGINFO}, before, after;
    sigaction(SIGBUS, &action, &before);
    CHECK(mce_enable(SIGBUS) == 0, "enable over a handler");
    kill(getpid(), SIGBUS);
    CHECK(foreign == 1 && foreign_code == SI_USER, "a sent SIGBUS goes to the previous handler");
    CHECK(mce_enable(SIGBUS) == 0, "enable twice");
    kill(getpid(), SIGBUS);
    CHECK(foreign == 2, "enabled twice, chained once");
    CHECK(mce_disable(SIGBUS) == 0, "disable");
    sigaction(SIGBUS, NULL, &after);
    CHECK(after.sa_sigaction == foreign_handler && (after.sa_flags & ~kernel_only) == action.sa_flags,
          "disable puts the previous handler back");
    sigaction(SIGBUS, &before, NULL);
    mce_enable(SIGBUS);
    CHECK(mce_enable(SIGUSR1) != 0, "other signals are refused");
}

/* Where a report is caught in the act: the counts lie on pages that cannot be touched until this has looked at the word. */
static struct {
    unsigned char *page[2];
    size_t length[2];
    const uint64_t *word;
    uint64_t word_when_touched[2];
} watch;

static void on_touch(int signal, siginfo_t *info, void *context) {
    (void)context;
    for (int i = 0; i < 2; i++) {
        unsigned char *at = info->si_addr;
        if (at >= watch.page[i] && at < watch.page[i] + watch.length[i]) {
            watch.word_when_touched[i] = *watch.word;
            mprotect(watch.page[i], watch.length[i], PROT_READ | PROT_WRITE);
            return;
        }
    }
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

/*
 * Counts go up before the word: otherwise somebody who clears the page in between counts down what was never counted up, and hides
 * another line that shares the count.
 */
static void reports_count_before_they_mark(void) {
    size_t gate_length = (sizeof(struct mce_gate) + PAGE - 1) & ~(PAGE - 1);
    struct mce_gate *gate = (void *)anonymous(gate_length);
    uint8_t *groups = anonymous(PAGE);
    uint64_t *lines = (void *)anonymous(PAGE);
    const uintptr_t start = 0x40000000;
    struct mce_watched_map map = {start, start + 64 * PAGE, start / PAGE, lines, groups};
    CHECK(mce_watch(gate, &map, 1) == 0, "watch");

    watch.page[0] = groups, watch.length[0] = PAGE;
    watch.page[1] = (void *)gate, watch.length[1] = gate_length;
    watch.word = &lines[3];
    watch.word_when_touched[0] = watch.word_when_touched[1] = ~0ul;
    struct sigaction action = {.sa_sigaction = on_touch, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    mprotect(groups, PAGE, PROT_NONE);
    mprotect(gate, gate_length, PROT_NONE);
    CHECK(mce_mark_reported(start + 3 * PAGE, PAGE), "a covered report is ours");
    sigaction(SIGSEGV, &before, NULL);
    CHECK(watch.word_when_touched[0] == 0, "the group was counted after the word was set");
    CHECK(watch.word_when_touched[1] == 0, "the gate was counted after the word was set");

    uint16_t *pages = gate->poisoned_pages;
    CHECK(lines[3] == ~0ul && groups[0] == 1 && gate->poisoned_lines == 64 && gate->marks == 1, "one report counts once");
    CHECK(pages[(uint16_t)(start / PAGE + 3)] == 1 && pages[(uint16_t)(start / PAGE + 2)] == 1, "one report counts once in the filter");
    CHECK(mce_mark_reported(start + 3 * PAGE, PAGE), "a report that comes again is ours");
    lines[4] = 1, groups[0] = 2, gate->poisoned_lines = 65, pages[(uint16_t)(start / PAGE + 4)]++, pages[(uint16_t)(start / PAGE + 3)]++;
    CHECK(mce_mark_reported(start + 4 * PAGE, PAGE), "a report on a page with a marked line is ours");
    CHECK(lines[4] == ~0ul && groups[0] == 2 && gate->poisoned_lines == 128, "only what is new counts");
    CHECK(pages[(uint16_t)(start / PAGE + 4)] == 1 && pages[(uint16_t)(start / PAGE + 3)] == 2, "only what is new counts in the filter");
    CHECK(!mce_mark_reported(start + 64 * PAGE, PAGE), "a report that no map covers is not ours");
    CHECK(mce_watch(gate, NULL, 0) == 0, "watch nothing");
}

static void resetting_handler(int signal) {
    (void)signal;
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(SIGBUS, &standard, NULL);
}

/* A previous handler that takes itself out, and us with it, as .NET's does for a signal that was sent: recovery goes on. */
static void reset_by_previous_handler(void) {
    mce_disable(SIGBUS);
    struct sigaction action = {.sa_handler = resetting_handler};
    sigaction(SIGBUS, &action, NULL);
    mce_enable(SIGBUS);
    kill(getpid(), SIGBUS);
    one_fault(&kernels[KERNELS - 1], 100, 300, 0, MCE_SOURCE);
    CHECK(death_of(send_to_self) == SIGBUS, "the next one that is sent meets the default");
}

/* SIG_DFL and SIG_IGN are no functions to call, whatever flags they were set with. */
static void under(void (*handler)(int)) {
    mce_disable(SIGBUS);
    sigaction(SIGBUS, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_SIGINFO}, NULL);
    mce_enable(SIGBUS);
    send_to_self();
}
static void under_default(void) { under(SIG_DFL); }
static void under_ignore(void) { under(SIG_IGN); }

static void no_handler_with_siginfo(void) {
    CHECK(death_of(under_default) == SIGBUS, "SIG_DFL with SA_SIGINFO is the default action");
    CHECK(death_of(under_ignore) == 0, "SIG_IGN with SA_SIGINFO ignores");
}

#ifdef __x86_64__
/* Whether the upper halves of the vector registers are in use, which slows SSE code down (Intel SDM volume 1, 13.6); -1: the CPU cannot
 * say. */
static int upper_halves_in_use(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid_count(1, 0, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !__get_cpuid_count(0xd, 1, &a, &b, &c, &d) || !(a & 4))
        return -1;
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
    return a >> 2 & 1;
}

static void upper_halves_are_clear(void) {
    if (!(mce_cpu_features() & MCE_CPU_AVX2) || upper_halves_in_use() < 0) {
        printf("upper halves: skipped, the CPU cannot say\n");
        return;
    }
    const size_t length = 1 << 20;
    unsigned char *in = anonymous(length), *out = anonymous(length);
    mce_copy_fn *const copies[] = {mce_copy_avx2, mce_copy_avx2_erms, mce_copy_avx2_streaming};
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        for (size_t count = 1; count <= length; count += 1 + count / 3) {
            struct mce_fault fault;
            __asm__ volatile("vzeroupper");
            copies[i](out, in, count, &fault);
            CHECK(upper_halves_in_use() == 0, "avx2 %zu: %zu bytes leave the upper halves in use", i, count);
        }
    }
    munmap(in, length);
    munmap(out, length);
}
#endif

/* SIGSEGV, for whoever asked for it. */
static void guard_page(const struct kernel *k) {
    unsigned char *p = anonymous(2 * PAGE), *out = anonymous(2 * PAGE);
    mprotect(p + PAGE, PAGE, PROT_NONE);
    struct mce_fault fault;
    size_t remaining = k->copy(out, p + 1000, 5000, &fault);
    CHECK(remaining == 5000 - (PAGE - 1000) && fault.signal == SIGSEGV && fault.code == SEGV_ACCERR, "%s: guard page, remaining %zu",
          k->name, remaining);
    munmap(p, 2 * PAGE);
    munmap(out, 2 * PAGE);
}

int main(void) {
    CHECK(mce_abi_version() == MCE_ABI_VERSION, "ABI version");
    CHECK(mce_enable(SIGBUS) == 0 && mce_enable(SIGSEGV) == 0, "enable");
    for (size_t i = 0; i < KERNELS; i++) {
        if (kernels[i].needs & ~mce_cpu_features()) {
            printf("%s: skipped, the CPU lacks what it needs\n", kernels[i].name);
            continue;
        }
        clean_copies(&kernels[i]);
        every_fault(&kernels[i]);
        guard_page(&kernels[i]);
    }
    foreign_signals();
    no_handler_with_siginfo();
    reports_count_before_they_mark();
#ifdef __x86_64__
    upper_halves_are_clear();
#endif
    reset_by_previous_handler();
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
