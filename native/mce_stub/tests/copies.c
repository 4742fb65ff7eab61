/* Tests every kernel and loop, clean and with every fault that an unprivileged process can cause on either side. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "test.h"

/* Copies n bytes of which only the first `good` can be read or written. */
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
    enum { SHORT = 1200, MAX = 40000 };
    unsigned char *source = anonymous(2 * MAX), *destination = anonymous(2 * MAX);
    struct mce_fault fault;
    for (size_t i = 0; i < 2 * MAX; i++)
        source[i] = (unsigned char)(i * 31 + 7);
    for (size_t n = 0; n <= MAX; n += n < SHORT ? 1 : 997) {
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

#ifdef __x86_64__
/* Whether the upper halves of the vector registers are in use, which slows SSE code down (Intel SDM volume 1, 13.6); -1 if the CPU does not
 * report it. */
static int upper_halves_in_use(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid_count(1, 0, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !__get_cpuid_count(0xd, 1, &a, &b, &c, &d) || !(a & 4))
        return -1;
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
    return a >> 2 & 1;
}

static void upper_halves_are_clear(void) {
    if (!(mce_cpu_features() & MCE_CPU_AVX2) || upper_halves_in_use() < 0) {
        printf("upper halves: skipped, the CPU does not report them\n");
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

    unsigned char *edge = truncated(64 * PAGE, 64 * PAGE) + 64 * PAGE, *whole = anonymous(128 * PAGE);
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        for (size_t count = 2; count <= 64 * PAGE; count *= 2) {
            struct mce_fault fault;
            copies[i](whole, edge - count / 2, count, &fault);
            CHECK(upper_halves_in_use() == 0, "avx2 %zu: %zu bytes with a fault leave the upper halves in use", i, count);
        }
    }
}
#endif

/* Recovery from SIGSEGV. */
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

static void every_kernel(void) {
    for (size_t i = 0; i < kernel_count; i++) {
        if (kernels[i].needs & ~mce_cpu_features()) {
            printf("%s: skipped, the CPU lacks its instructions\n", kernels[i].name);
            continue;
        }
        clean_copies(&kernels[i]);
        every_fault(&kernels[i]);
        guard_page(&kernels[i]);
    }
}

#ifndef __x86_64__
/* A tagged pointer: the hardware ignores the top byte, and the kernel reports addresses without it. */
static void tagged_pointers(void) {
    unsigned char *edge = truncated(PAGE, PAGE) + PAGE, *whole = anonymous(2 * PAGE);
    const uintptr_t tag = (uintptr_t)0x2a << 56;
    for (size_t i = 0; i < kernel_count; i++) {
        struct mce_fault fault;
        CHECK(kernels[i].copy((void *)((uintptr_t)whole | tag), (void *)((uintptr_t)(edge - 50) | tag), 500, &fault) == 450,
              "%s: tagged source", kernels[i].name);
        CHECK(fault.address == (uintptr_t)edge && fault.side == MCE_SOURCE, "%s: record of a tagged source", kernels[i].name);
        CHECK(kernels[i].copy((void *)((uintptr_t)(edge - 50) | tag), (void *)((uintptr_t)whole | tag), 500, &fault) == 450,
              "%s: tagged destination", kernels[i].name);
    }
}
#endif

void copies(void) {
    struct mce_tuning here, other;
    mce_get_tuning(&here);
    every_kernel();
    /* Again with the loops that this CPU does not choose, or only for longer copies. */
    other = here;
    other.streams_hinted_from = 1024;
    other.string_copy_above = 600;
    other.string_copy_distance = here.string_copy_distance == 63 ? 4095 : 63;
    other.loop_in_halves = !here.loop_in_halves;
    for (uint32_t form = 0; form <= MCE_STREAMS_PREFETCHING; form++) {
        other.streaming_form = form;
        CHECK(mce_set_tuning(&other) == 0, "form %u", form);
        every_kernel();
    }
    mce_set_tuning(&here);
#ifdef __x86_64__
    upper_halves_are_clear();
#else
    tagged_pointers();
#endif
}
