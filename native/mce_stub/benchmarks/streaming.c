/*
 * The engine's long copies beside seventeen bare ways to write around the cache: streaming [READ] [THREADS...]. Bare ways check nothing and
 * do not recover. Each figure is the ratio to memcpy in the same round, the median of interleaved rounds; "read" counts the first read of
 * the destination too. Every thread copies its own memory, and the slowest one counts. All memory is in huge pages.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <immintrin.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "mce_stub.h"

enum { ROUNDS = 21, MOST_THREADS = 64 };
static const size_t MiB = 1 << 20, BLOCK = 2 << 20, HUGE_PAGE = 2 << 20;

typedef void way_fn(char *to, const char *from, size_t n);

/* Copies whole turns of some lines of 64 bytes each; every size here is a multiple of them. */
#define WAY(NAME, TARGET, VECTOR, LOAD, STORE, LINES, PREFETCH)                                                                            \
    __attribute__((target(TARGET), noinline)) static void NAME(char *to, const char *from, size_t n) {                                     \
        for (size_t at = 0; at < n; at += 64 * LINES) {                                                                                    \
            VECTOR vectors[64 * LINES / sizeof(VECTOR)];                                                                                   \
            PREFETCH;                                                                                                                      \
            _Pragma("GCC unroll 16") for (size_t i = 0; i < 64 * LINES / sizeof(VECTOR); i++) vectors[i] =                                 \
                LOAD((const void *)(from + at + i * sizeof(VECTOR)));                                                                      \
            _Pragma("GCC unroll 16") for (size_t i = 0; i < 64 * LINES / sizeof(VECTOR); i++)                                              \
                STORE((void *)(to + at + i * sizeof(VECTOR)), vectors[i]);                                                                 \
        }                                                                                                                                  \
        _mm_sfence();                                                                                                                      \
    }
#define NONE (void)0
#define AHEAD(HINT, BYTES, LINES)                                                                                                          \
    for (size_t line = 0; line < 64 * LINES && at + BYTES + line < n; line += 64)                                                          \
    _mm_prefetch(from + at + BYTES + line, HINT)
#define AVX512(NAME, LINES, PREFETCH) WAY(NAME, "avx512f", __m512i, _mm512_loadu_si512, _mm512_stream_si512, LINES, PREFETCH)
#define AVX2(NAME, LINES, PREFETCH) WAY(NAME, "avx2", __m256i, _mm256_loadu_si256, _mm256_stream_si256, LINES, PREFETCH)

AVX512(z2, 2, NONE)
AVX512(z4, 4, NONE)
AVX512(z8, 8, NONE)
AVX512(z2_nta4k, 2, AHEAD(_MM_HINT_NTA, 4096, 2))
AVX512(z2_t04k, 2, AHEAD(_MM_HINT_T0, 4096, 2))
AVX512(z4_t04k, 4, AHEAD(_MM_HINT_T0, 4096, 4))
AVX512(z4_t01k, 4, AHEAD(_MM_HINT_T0, 1024, 4))
AVX512(z4_nta1k, 4, AHEAD(_MM_HINT_NTA, 1024, 4))
AVX512(z4_t12k, 4, AHEAD(_MM_HINT_T1, 2048, 4))
AVX2(y2, 2, NONE)
AVX2(y4, 4, NONE)
AVX2(y2_nta4k, 2, AHEAD(_MM_HINT_NTA, 4096, 2))
AVX2(y2_t04k, 2, AHEAD(_MM_HINT_T0, 4096, 2))
AVX2(y4_t04k, 4, AHEAD(_MM_HINT_T0, 4096, 4))
AVX2(y4_nta1k, 4, AHEAD(_MM_HINT_NTA, 1024, 4))

__attribute__((target("movdir64b"), noinline)) static void movdir(char *to, const char *from, size_t n) {
    for (size_t at = 0; at < n; at += 64)
        _movdir64b(to + at, from + at);
    _mm_sfence();
}

__attribute__((noinline)) static void string_copy(char *to, const char *from, size_t n) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n)::"memory");
}

__attribute__((noinline)) static void library(char *to, const char *from, size_t n) { memcpy(to, from, n); }

static _Thread_local struct mce_fault fault;
static mce_copy_fn *streaming_kernel;

__attribute__((noinline)) static void engine(char *to, const char *from, size_t n) { mce_copy(to, from, n, &fault); }

/* As CopyEngine with CopyHint.Streaming. */
__attribute__((noinline)) static void engine_streaming(char *to, const char *from, size_t n) {
    for (size_t at = 0; at < n; at += BLOCK)
        streaming_kernel(to + at, from + at, n - at < BLOCK ? n - at : BLOCK, &fault);
}

enum needs { NOTHING, CPU_AVX2, CPU_AVX512, CPU_MOVDIR };

static const struct {
    const char *name;
    way_fn *copy;
    enum needs needs;
} ways[] = {
    {"memcpy", library, NOTHING},
    {"engine, default hint", engine, NOTHING},
    {"engine, streaming hint", engine_streaming, NOTHING},
    {"rep movsb", string_copy, NOTHING},
    {"avx512, 2 lines", z2, CPU_AVX512},
    {"avx512, 4 lines", z4, CPU_AVX512},
    {"avx512, 8 lines", z8, CPU_AVX512},
    {"avx512, 2 lines, nta 4096", z2_nta4k, CPU_AVX512},
    {"avx512, 2 lines, t0 4096", z2_t04k, CPU_AVX512},
    {"avx512, 4 lines, t0 4096", z4_t04k, CPU_AVX512},
    {"avx512, 4 lines, t0 1024", z4_t01k, CPU_AVX512},
    {"avx512, 4 lines, nta 1024", z4_nta1k, CPU_AVX512},
    {"avx512, 4 lines, t1 2048", z4_t12k, CPU_AVX512},
    {"avx2, 2 lines", y2, CPU_AVX2},
    {"avx2, 4 lines", y4, CPU_AVX2},
    {"avx2, 2 lines, nta 4096", y2_nta4k, CPU_AVX2},
    {"avx2, 2 lines, t0 4096", y2_t04k, CPU_AVX2},
    {"avx2, 4 lines, t0 4096", y4_t04k, CPU_AVX2},
    {"avx2, 4 lines, nta 1024", y4_nta1k, CPU_AVX2},
    {"movdir64b", movdir, CPU_MOVDIR},
};
enum { WAYS = sizeof ways / sizeof *ways };

/* Bytes of a copy, and of the memory that copies go over. */
static const struct {
    const char *name;
    size_t size, pool;
} cases[] = {
    {"64 KiB", 64 << 10, 64 << 10},     {"512 KiB", 512 << 10, 512 << 10}, {"2 MiB hot", 2 << 20, 2 << 20}, {"8 MiB hot", 8 << 20, 8 << 20},
    {"2 MiB cold", 2 << 20, 512 << 20}, {"64 MiB", 64 << 20, 64 << 20},    {"1 GiB", 1 << 30, 1 << 30},
};
enum { CASES = sizeof cases / sizeof *cases };

static bool runs[WAYS], reads;
static int threads, current;
static pthread_barrier_t barrier;
static double took[MOST_THREADS], seconds[WAYS][ROUNDS];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static char *huge(size_t length, int value) {
    char *whole = mmap(NULL, length + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *aligned = (char *)(((uintptr_t)whole + HUGE_PAGE - 1) & -(uintptr_t)HUGE_PAGE);
    madvise(aligned, length, MADV_HUGEPAGE);
    memset(aligned, value, length);
    return aligned;
}

/* Sums the destination, so that the read is not left out. */
__attribute__((target("sse2"), noinline)) static uint64_t sum(const char *p, size_t n) {
    __m128i even = _mm_setzero_si128(), odd = even;
    for (size_t at = 0; at < n; at += 32) {
        even = _mm_add_epi64(even, _mm_load_si128((const __m128i *)(p + at)));
        odd = _mm_add_epi64(odd, _mm_load_si128((const __m128i *)(p + at + 16)));
    }
    return (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(even, odd));
}

/* Another order in each round, the same in all threads: what a way leaves in the caches costs the next one. */
static void shuffle(int order[WAYS], uint64_t random) {
    for (int i = 0; i < WAYS; i++)
        order[i] = i;
    for (int i = WAYS - 1; i > 0; i--) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int other = (int)((random >> 33) % (unsigned)(i + 1)), swapped = order[i];
        order[i] = order[other];
        order[other] = swapped;
    }
}

static void *work(void *argument) {
    static _Atomic uint64_t sums;
    int index = (int)(intptr_t)argument;
    size_t size = cases[current].size, pool = cases[current].pool, slots = pool / size, slot = 0;
    size_t times = size < 16 * MiB ? 64 * MiB / size : 1;
    char *from = huge(pool, 1), *to = huge(pool, 2);
    for (int round = 0; round < ROUNDS; round++) {
        int order[WAYS];
        shuffle(order, (uint64_t)round + 1);
        for (int i = 0; i < WAYS; i++) {
            int way = order[i];
            if (!runs[way])
                continue;
            pthread_barrier_wait(&barrier);
            double start = now();
            for (size_t copy = 0; copy < times; copy++) {
                slot = slots == 1 ? 0 : (slot + 97) % slots;
                ways[way].copy(to + slot * size, from + slot * size, size);
                if (reads)
                    sums += sum(to + slot * size, size);
            }
            took[index] = now() - start;
            pthread_barrier_wait(&barrier);
            if (index == 0) {
                double slowest = 0;
                for (int one = 0; one < threads; one++)
                    slowest = took[one] > slowest ? took[one] : slowest;
                seconds[way][round] = slowest / (double)times;
            }
        }
    }
    munmap(from, pool);
    munmap(to, pool);
    return NULL;
}

static int ascending(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(double *values) {
    qsort(values, ROUNDS, sizeof *values, ascending);
    return values[ROUNDS / 2];
}

static void measure_with(int count) {
    static double shown[WAYS][CASES];
    threads = count;
    for (current = 0; current < CASES; current++) {
        pthread_t all[MOST_THREADS];
        pthread_barrier_init(&barrier, NULL, (unsigned)count);
        for (int i = 0; i < count; i++)
            pthread_create(&all[i], NULL, work, (void *)(intptr_t)i);
        for (int i = 0; i < count; i++)
            pthread_join(all[i], NULL);
        double ratios[WAYS][ROUNDS], rates[ROUNDS];
        for (int way = 0; way < WAYS; way++) {
            for (int round = 0; round < ROUNDS; round++)
                ratios[way][round] = runs[way] ? seconds[0][round] / seconds[way][round] : 0;
            shown[way][current] = median(ratios[way]);
        }
        for (int round = 0; round < ROUNDS; round++)
            rates[round] = count * (double)cases[current].size / seconds[0][round] / (1 << 30);
        shown[0][current] = median(rates);
    }
    printf("%d thread(s)%s; memcpy in GiB/s of all, the others as ratios to it\n%-28s", count, reads ? ", with the first read" : "", "");
    for (int i = 0; i < CASES; i++)
        printf("%11s", cases[i].name);
    puts("");
    for (int way = 0; way < WAYS; way++) {
        if (!runs[way])
            continue;
        printf("%-28s", ways[way].name);
        for (int i = 0; i < CASES; i++)
            printf("%11.2f", shown[way][i]);
        puts("");
    }
}

int main(int count, char **arguments) {
    unsigned a = 0, b, c = 0, d;
    uint32_t features = mce_cpu_features();
    bool has_movdir = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c >> 28 & 1);
    for (int i = 0; i < WAYS; i++) {
        enum needs needs = ways[i].needs;
        runs[i] = needs == NOTHING || (needs == CPU_AVX2 && (features & MCE_CPU_AVX2)) ||
                  (needs == CPU_AVX512 && (features & MCE_CPU_AVX512)) || (needs == CPU_MOVDIR && has_movdir);
    }
    streaming_kernel = features & MCE_CPU_AVX512 ? mce_copy_avx512_streaming
                       : features & MCE_CPU_AVX2 ? mce_copy_avx2_streaming
                                                 : mce_copy_sse2_streaming;
    mce_enable(SIGBUS);
    printf("%s; long copies as for %s\n", mce_kernel_name(), mce_tuning_name());
    int first = count > 1 && !strcmp(arguments[1], "read") ? 2 : 1;
    reads = first == 2;
    if (first == count)
        measure_with(1);
    for (int i = first; i < count; i++) {
        int wanted = atoi(arguments[i]);
        if (wanted < 1 || wanted > MOST_THREADS) {
            fprintf(stderr, "streaming: '%s' is no number of threads from 1 to %d\n", arguments[i], MOST_THREADS);
            return 2;
        }
        measure_with(wanted);
    }
    return 0;
}
