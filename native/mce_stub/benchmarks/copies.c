/*
 * mce_copy beside memcpy and the kernel that it uses, with a clean map over the source: nanoseconds of a copy, the median of interleaved
 * rounds, and the median of the ratios within a round. Then the time of a hundred thousand maps.
 */
#define _GNU_SOURCE
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "mce_stub.h"

/* So many copies that no branch predictor learns their order: that of a Zen 5 learns 4096, and a part of 16384. */
enum { ROUNDS = 31, WAYS = 3, COPIES = 65536, WINDOW = 256 << 10, MAPS = 100000 };

struct copy {
    uint32_t source, destination, length;
};

static unsigned char *source, *destination;
static struct copy copies[COPIES];
static bool complete = true;

/* native/memcpy_lengths/README.md names the sources. */
static const uint16_t google_fleet[] = {
#include "google_fleet.csv"
};
static const uint16_t google_a[] = {
#include "google_a.csv"
};
static const uint16_t google_d[] = {
#include "google_d.csv"
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The kernel without checks and maps; null for memcpy. */
static mce_copy_fn *bare_kernel(void) {
    static const struct {
        const char *name;
        mce_copy_fn *copy;
    } kernels[] = {
#if defined(__x86_64__)
        {"native-avx512-erms", mce_copy_avx512_erms},
        {"native-avx2-erms", mce_copy_avx2_erms},
        {"native-avx512", mce_copy_avx512},
        {"native-avx2", mce_copy_avx2},
        {"native-sse2", mce_copy_sse2},
#else
        {"native-neon", mce_copy_neon},
#endif
    };
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        if (!strcmp(kernels[i].name, mce_kernel_name()))
            return kernels[i].copy;
    }
    return NULL;
}

static int ascending(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double median(const double *values) {
    double sorted[ROUNDS];
    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, ROUNDS, sizeof *sorted, ascending);
    return sorted[ROUNDS / 2];
}

/* Functions by pointers that the compiler does not know, so that all ways are called alike. */
__attribute__((noinline)) static size_t copy_all(mce_copy_fn *copy, size_t passes, size_t count) {
    struct mce_fault fault;
    size_t remaining = 0;
    for (size_t pass = 0; pass < passes; pass++) {
        for (size_t i = 0; i < count; i++)
            remaining |= copy(destination + copies[i].destination, source + copies[i].source, copies[i].length, &fault);
    }
    return remaining;
}

__attribute__((noinline)) static size_t memcpy_all(void *(*copy)(void *, const void *, size_t), size_t passes, size_t count) {
    for (size_t pass = 0; pass < passes; pass++) {
        for (size_t i = 0; i < count; i++)
            copy(destination + copies[i].destination, source + copies[i].source, copies[i].length);
    }
    return 0;
}

static size_t run(mce_copy_fn *copy, size_t passes, size_t count) {
    return copy ? copy_all(copy, passes, count) : memcpy_all(memcpy, passes, count);
}

static void measure(const char *name, size_t count) {
    mce_copy_fn *const ways[WAYS] = {NULL, mce_copy, bare_kernel()};
    double times[WAYS][ROUNDS], to_memcpy[ROUNDS], more[ROUNDS], over_bare[ROUNDS];
    double bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += copies[i].length;
    size_t passes = (size_t)(2e8 / (bytes + 200 * (double)count)) + 1;
    size_t remaining = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int entry = 0; entry < WAYS; entry++) {
            int way = (entry + round) % WAYS;
            remaining |= run(ways[way], 1, count);
            double start = now();
            remaining |= run(ways[way], passes, count);
            times[way][round] = (now() - start) / (double)(passes * count);
        }
        to_memcpy[round] = times[0][round] / times[1][round];
        more[round] = times[1][round] - times[0][round];
        over_bare[round] = times[1][round] - times[2][round];
    }
    printf("%-18s %10.2f %10.2f %10.2f %8.2f %10.2f %10.2f\n", name, median(times[0]), median(times[1]), median(times[2]),
           median(to_memcpy), median(more), median(over_bare));
    complete &= remaining == 0;
}

static void measure_same(const char *name, uint32_t length) {
    /* Half a page apart, because loads wait for stores to addresses that agree modulo 4096. */
    copies[0] = (struct copy){0, 2048, length};
    measure(name, 1);
}

static uint32_t random_below(uint32_t bound) {
    static uint64_t state = 88172645463325252;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)((state >> 32) * bound >> 32);
}

static void set_copy(int i, uint32_t length, uint32_t alignment) {
    uint32_t places = (WINDOW - length) / alignment + 1;
    copies[i] = (struct copy){random_below(places) * alignment, random_below(places) * alignment, length};
}

static void measure_mixed(const char *name, uint32_t most) {
    for (int i = 0; i < COPIES; i++)
        set_copy(i, 1 + random_below(most), 1);
    measure(name, COPIES);
}

/* Each power of two as often. */
static void measure_logarithmic(const char *name, double powers) {
    for (int i = 0; i < COPIES; i++)
        set_copy(i, (uint32_t)exp2(powers * random_below(1 << 24) / (1 << 24)), 1);
    measure(name, COPIES);
}

static void measure_pages(const char *name) {
    for (int i = 0; i < COPIES; i++)
        set_copy(i, 4096, 4096);
    measure(name, COPIES);
}

/* Lengths, each followed by how many of 256 quantiles of the calls of memcpy have it. */
static void measure_published(const char *name, const uint16_t *lengths) {
    for (int i = 0; i < COPIES; i++) {
        const uint16_t *entry = lengths;
        for (uint32_t quantile = random_below(256); quantile >= entry[1]; entry += 2)
            quantile -= entry[1];
        set_copy(i, entry[0], 1);
    }
    measure(name, COPIES);
}

static bool measure_maps(void) {
    static mce_map_t maps[MAPS];
    const uintptr_t start = (uintptr_t)1 << 44, page = 4096;
    double made = now();
    for (uintptr_t i = 0; i < MAPS; i++) {
        if (mce_map_create((void *)(start + i * 7919 % MAPS * 2 * page), page, &maps[i]) != 0)
            return false;
    }
    double found = now();
    for (uintptr_t i = 0; i < MAPS; i++) {
        size_t first;
        if (mce_map_first(maps[i], 0, page, &first) != 0 || first != page)
            return false;
    }
    double destroyed = now();
    for (int i = 0; i < MAPS; i++) {
        if (mce_map_destroy(maps[i]) != 0)
            return false;
    }
    double end = now();
    printf("%d maps, seconds: made in %.3f, looked up in %.3f, destroyed in %.3f\n", MAPS, (found - made) / 1e9, (destroyed - found) / 1e9,
           (end - destroyed) / 1e9);
    return true;
}

int main(void) {
    const size_t length = 4 << 20;
    source = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    destination = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (source == MAP_FAILED || destination == MAP_FAILED)
        return 1;
    memset(source, 1, length);
    memset(destination, 2, length);
    mce_map_t map;
    if (mce_enable(SIGBUS) != 0 || mce_map_create(source, length, &map) != 0)
        return 1;
    printf("%s; ns of a copy\n", mce_kernel_name());
    printf("%-18s %10s %10s %10s %8s %10s %10s\n", "bytes", "memcpy", "mce_copy", "kernel", "ratio", "- memcpy", "- kernel");
    measure_same("64", 64);
    measure_same("256", 256);
    measure_same("1024", 1024);
    measure_same("4096", 4096);
    measure_same("64 KiB", 64 << 10);
    measure_same("2 MiB", 2 << 20);
    measure_mixed("1 to 128", 128);
    measure_mixed("1 to 512", 512);
    measure_mixed("1 to 4096", 4096);
    measure_logarithmic("1 to 64 KiB, log", 16);
    measure_pages("pages");
    measure_published("Google fleet", google_fleet);
    measure_published("Google A", google_a);
    measure_published("Google D", google_d);
    mce_map_mark(map, length - 1, 1);
    measure_same("64, poison in map", 64);
    mce_map_destroy(map);
    return measure_maps() && complete ? 0 : 1;
}
