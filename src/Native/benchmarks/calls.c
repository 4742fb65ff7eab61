/* What a call of copymc_copy costs: nanoseconds a call, the median of interleaved rounds, beside other ways to copy the same bytes. */
#define _GNU_SOURCE
#include <copymc.h>
#include <mce_stub.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Only in the library that run builds. */
__attribute__((weak)) size_t measured_managed_copies(copymc_engine engine, void *destination, const void *source, size_t byte_count,
                                                     int64_t count);
__attribute__((weak)) size_t measured_empty_call(copymc_engine engine);

enum { WAYS = 6, ROUNDS = 301 };
static const char *const names[WAYS] = {
    "memcpy", "mce_copy", "CopyEngine.Copy in .NET", "copymc_copy", "copymc_copy, no fault", "empty call into .NET"};
static copymc_engine engine;
static unsigned char source[1 << 21] __attribute__((aligned(4096))), destination[1 << 21] __attribute__((aligned(4096)));
static void *(*volatile plain)(void *, const void *, size_t) = memcpy;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int is_here(int way) { return (way != 2 || measured_managed_copies) && (way != 5 || measured_empty_call); }

static double measure(int way, size_t length, int64_t count) {
    size_t left;
    struct copymc_fault fault;
    struct mce_fault stubs;
    double start = now();
    switch (way) {
    case 0:
        for (int64_t i = 0; i < count; i++)
            plain(destination, source, length);
        break;
    case 1:
        for (int64_t i = 0; i < count; i++)
            mce_copy(destination, source, length, &stubs);
        break;
    case 2:
        measured_managed_copies(engine, destination, source, length, count);
        break;
    case 3:
        for (int64_t i = 0; i < count; i++)
            copymc_copy(engine, destination, source, length, &left, &fault);
        break;
    case 4:
        for (int64_t i = 0; i < count; i++)
            copymc_copy(engine, destination, source, length, &left, NULL);
        break;
    case 5:
        for (int64_t i = 0; i < count; i++)
            measured_empty_call(engine);
        break;
    }
    return (now() - start) / (double)count;
}

static int compare(const void *a, const void *b) { return *(const double *)a > *(const double *)b ? 1 : -1; }

int main(void) {
    static const size_t lengths[] = {64, 4096, 65536};
    static double times[WAYS][ROUNDS];
    if (copymc_engine_create(NULL, &engine) != COPYMC_OK || mce_enable(7) != 0)
        return 1;
    memset(source, 1, sizeof source);
    printf("%-24s", "ns a call");
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        printf(" %8zu B      half", lengths[l]);
    printf("\n");
    static char rows[WAYS][200];
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        int64_t count = (int64_t)(3e5 / (20 + (double)lengths[l] / 10));
        for (int round = -3; round < ROUNDS; round++)
            for (int way = 0; way < WAYS; way++) {
                if (!is_here(way))
                    continue;
                double time = measure(way, lengths[l], count);
                if (round >= 0)
                    times[way][round] = time;
            }
        for (int way = 0; way < WAYS; way++) {
            qsort(times[way], ROUNDS, sizeof(double), compare);
            sprintf(rows[way] + strlen(rows[way]), " %10.1f %5.1f-%.1f", times[way][ROUNDS / 2], times[way][ROUNDS / 4],
                    times[way][3 * ROUNDS / 4]);
        }
    }
    for (int way = 0; way < WAYS; way++)
        if (is_here(way))
            printf("%-24s%s\n", names[way], rows[way]);
}
