/*
 * mce_copy and its form for every kernel: bad arguments, faults that are learned, poison that is marked while a copy runs. Known poison is
 * in the vectors, and every place of a fault in copies.c.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "addresses.h"
#include "test.h"

enum { CANARY = 0xEE, BLOCK = 2 << 20 };

static void refuses(const struct kernel *k, const void *source, void *destination, size_t n, int kind, enum mce_side side) {
    struct mce_fault fault;
    memset(&fault, 0xff, sizeof fault);
    size_t remaining = k->copy(destination, source, n, &fault);
    CHECK(remaining == n && fault.remaining == n && fault.kind == kind && fault.side == (int)side && fault.signal == 0,
          "%s: %p to %p, %zu bytes: remaining %zu, kind %d, side %d", k->name, source, destination, n, remaining, fault.kind, fault.side);
}

static void bad_arguments(const struct kernel *k) {
    static const size_t lengths[] = {1, 2, 15, 31, 64, 100, 128, 300, 1024, 1025, 4096, 4097, 32768, 32769, 100000};
    unsigned char *memory = anonymous(400000), *other = anonymous(200000);
    unsigned char *low = mmap((void *)0x10000000, 200000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK((uintptr_t)low == 0x10000000, "%s: memory at a low address", k->name);
    memset(memory, CANARY, 400000);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i];
        refuses(k, NULL, memory, n, MCE_NULL_POINTER, MCE_SOURCE);
        refuses(k, other, NULL, n, MCE_NULL_POINTER, MCE_DESTINATION);
        refuses(k, NULL, NULL, n, MCE_NULL_POINTER, MCE_SOURCE);

        /* Each reaches at least a byte too far. */
        const uintptr_t outside[] = {MCE_USER_SPACE_END, MCE_USER_SPACE_END - n + 1, MCE_USER_SPACE_END | (uintptr_t)memory};
        for (size_t j = 0; j < sizeof outside / sizeof *outside; j++) {
            refuses(k, (void *)outside[j], memory, n, MCE_OUTSIDE, MCE_SOURCE);
            refuses(k, other, (void *)outside[j], n, MCE_OUTSIDE, MCE_DESTINATION);
        }
#ifdef __x86_64__
        refuses(k, (void *)(UINTPTR_MAX - n + 1), memory, n + 1, MCE_OUTSIDE, MCE_SOURCE);
        refuses(k, (void *)((uintptr_t)other | (uintptr_t)0x2a << 57), memory, n, MCE_OUTSIDE, MCE_SOURCE);
#else
        /* The same memory with another tag. */
        refuses(k, (void *)((uintptr_t)memory + 200000), (void *)(((uintptr_t)memory + 200000) | (uintptr_t)0x2a << 56), n, MCE_OVERLAP,
                MCE_SOURCE);
        refuses(k, (void *)((uintptr_t)0x2a << 56), memory, n, MCE_NULL_POINTER, MCE_SOURCE);
#endif
        /* The other address has no bits in common with the end of user space, which a check of both at once could mistake. */
        refuses(k, (void *)(MCE_USER_SPACE_END - n + 1), low, n, MCE_OUTSIDE, MCE_SOURCE);
        refuses(k, low, (void *)(MCE_USER_SPACE_END - n + 1), n, MCE_OUTSIDE, MCE_DESTINATION);
        refuses(k, other, memory, SIZE_MAX, MCE_OUTSIDE, MCE_SOURCE);

        unsigned char *middle = memory + 200000;
        refuses(k, middle, middle, n, MCE_OVERLAP, MCE_SOURCE);
        refuses(k, middle, middle + n - 1, n, MCE_OVERLAP, MCE_SOURCE);
        refuses(k, middle, middle - n + 1, n, MCE_OVERLAP, MCE_SOURCE);
        refuses(k, middle, middle + n / 2, n, MCE_OVERLAP, MCE_SOURCE);
    }
    CHECK(all(memory, 400000, CANARY), "%s: a refused copy wrote", k->name);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct mce_fault fault;
        unsigned char *middle = memory + 200000;
        CHECK(k->copy(middle + lengths[i], middle, lengths[i], &fault) == 0 &&
                  k->copy(middle - lengths[i], middle, lengths[i], &fault) == 0,
              "%s: adjacent ranges of %zu bytes", k->name, lengths[i]);
    }
    struct mce_fault fault;
    void *const anywhere[] = {NULL, memory, (void *)UINTPTR_MAX};
    for (int i = 0; i < 9; i++)
        CHECK(k->copy(anywhere[i / 3], anywhere[i % 3], 0, &fault) == 0, "%s: no bytes, pointers %d", k->name, i);
    munmap(memory, 400000);
    munmap(other, 200000);
    munmap(low, 200000);
}

/* A fault in the source is marked in every map that covers it, and the next copy stops without a signal. One in the destination is not. */
static void faults_are_learned(const struct kernel *k) {
    static const size_t lengths[] = {40, 100, 700, 5000, 40000};
    unsigned char *edge = truncated(64 * PAGE, 64 * PAGE) + 64 * PAGE, *whole = anonymous(64 * PAGE);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i], good = n / 2;
        mce_map_t maps[2];
        uint64_t lines = 0;
        CHECK(mce_map_create(edge - 64 * PAGE, 128 * PAGE, &maps[0]) == 0 && mce_map_create(edge + 64, 64, &maps[1]) == 0, "maps");
        struct mce_fault fault;
        CHECK(k->copy(whole, edge - good, n, &fault) == n - good && fault.kind == MCE_BUS_ERROR && fault.written_beyond == 0, "%s: a fault",
              k->name);
        CHECK(mce_map_count(maps[0], &lines) == 0 && lines == 64, "%s: %d lines learned", k->name, (int)lines);
        CHECK(mce_map_count(maps[1], &lines) == 0 && lines == 1, "%s: %d lines learned in the other map", k->name, (int)lines);
        CHECK(k->copy(whole, edge - good, n, &fault) == n - good && fault.kind == MCE_KNOWN_POISON && fault.address == (uintptr_t)edge,
              "%s: known after a fault", k->name);
        CHECK(mce_map_clear(maps[0], 0, 128 * PAGE) == 0, "clear");
        CHECK(k->copy(edge - good, whole, n, &fault) == n - good && fault.side == MCE_DESTINATION, "%s: a fault in the destination",
              k->name);
        CHECK(mce_map_count(maps[0], &lines) == 0 && lines == 0, "%s: a fault in the destination was learned", k->name);
        CHECK(mce_map_destroy(maps[0]) == 0 && mce_map_destroy(maps[1]) == 0, "destroy");
    }
    munmap(whole, 64 * PAGE);
    munmap(edge - 64 * PAGE, 128 * PAGE);
}

/* The copy meets this page of its destination, and its line is marked before the copy goes on. */
static struct {
    unsigned char *page;
    mce_map_t map;
    size_t offset;
} late;

static void mark_and_open(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    mce_map_mark(late.map, late.offset, 1);
    mprotect(late.page, PAGE, PROT_READ | PROT_WRITE);
}

/* Copies n bytes, and marks the line of a byte of the source when the copy is past its first bytes. */
static void marked_meanwhile(const struct kernel *k, unsigned char *source, unsigned char *destination, size_t n, size_t byte) {
    size_t before = n < 2 * PAGE ? n / 2 : PAGE;
    unsigned char *start = destination + PAGE - before;
    late.page = destination + PAGE;
    late.offset = byte;
    memset(start, CANARY, n + 64);
    mprotect(late.page, PAGE, PROT_NONE);
    struct mce_fault fault = {.written_beyond = 99};
    size_t remaining = k->copy(start, source, n, &fault);
    size_t line = byte / 64 * 64, good = line < n ? line : n;
    /* A later block looks at the maps before it is copied. */
    bool known = line / BLOCK > before / BLOCK;
    CHECK(remaining == n - good, "%s: %zu bytes, byte %zu marked meanwhile: remaining %zu", k->name, n, byte, remaining);
    CHECK(!memcmp(start, source, good), "%s: %zu bytes, byte %zu marked meanwhile: the prefix differs", k->name, n, byte);
    CHECK(remaining == 0 || (fault.kind == MCE_KNOWN_POISON && fault.address == (uintptr_t)source + line && fault.extent == 64 &&
                             fault.remaining == remaining && fault.written_beyond == !known),
          "%s: %zu bytes, byte %zu marked meanwhile: kind %d, beyond %d", k->name, n, byte, fault.kind, fault.written_beyond);
    CHECK(!known || all(start + good, n - good + 64, CANARY), "%s: known poison was read", k->name);
    CHECK(mce_map_clear(late.map, byte, 1) == 0, "clear");
}

static void poison_meanwhile(const struct kernel *k, bool poison_elsewhere) {
    static const size_t lengths[] = {2,    8,    16,   31,   64,   100,  128,   250,   500,      1000,
                                     1024, 1025, 3000, 4096, 4097, 9000, 32768, 32769, 3 * BLOCK};
    unsigned char *source = anonymous(4 * BLOCK), *destination = anonymous(4 * BLOCK);
    for (size_t i = 0; i < 4 * BLOCK; i++)
        source[i] = (unsigned char)(i * 131 + (i >> 8) + 1);
    mce_map_t elsewhere = 0;
    CHECK(mce_map_create(source, 4 * BLOCK, &late.map) == 0, "a map");
    if (poison_elsewhere)
        CHECK(mce_map_create(source + 4 * BLOCK + 64 * PAGE, PAGE, &elsewhere) == 0 && mce_map_mark(elsewhere, 0, 1) == 0,
              "poison elsewhere");
    struct sigaction action = {.sa_sigaction = mark_and_open, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i];
        marked_meanwhile(k, source, destination, n, 0);
        marked_meanwhile(k, source, destination, n, n / 2);
        marked_meanwhile(k, source, destination, n, n - 1);
        marked_meanwhile(k, source, destination, n, (n + 63) / 64 * 64);
    }
    sigaction(SIGSEGV, &before, NULL);
    CHECK(mce_map_destroy(late.map) == 0 && (!elsewhere || mce_map_destroy(elsewhere) == 0), "destroy");
    munmap(source, 4 * BLOCK);
    munmap(destination, 4 * BLOCK);
}

static void without_a_record(void) {
    unsigned char *edge = truncated(PAGE, PAGE) + PAGE, *whole = anonymous(2 * PAGE);
    mce_map_t map;
    CHECK(mce_map_create(edge - PAGE, 2 * PAGE, &map) == 0, "a map");
    CHECK(mce_copy(whole, edge - 100, 100, NULL) == 0, "no record: a clean copy");
    CHECK(mce_copy(whole, edge - 100, 150, NULL) == 50, "no record: a fault");
    CHECK(mce_copy(whole, edge - 100, 150, NULL) == 50, "no record: known poison");
    CHECK(mce_copy(NULL, edge - 100, 150, NULL) == 150, "no record: null");
    CHECK(mce_map_destroy(map) == 0, "destroy");
}

void contract(void) {
    for (size_t i = 0; i < kernel_count; i++) {
        if (!kernels[i].is_checked || kernels[i].needs & ~mce_cpu_features())
            continue;
        bad_arguments(&kernels[i]);
        faults_are_learned(&kernels[i]);
        poison_meanwhile(&kernels[i], false);
        poison_meanwhile(&kernels[i], true);
    }
    without_a_record();
    CHECK(mce_gate_of_process()->poisoned_lines == 0, "after the tests %ld lines are counted", (long)mce_gate_of_process()->poisoned_lines);
}
