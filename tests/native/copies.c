/* Copies and salvages over known and latent poison, and the maps that C code shares with the library. */
#include "test.h"
#include <mce_stub.h>
#include <stdlib.h>
#include <sys/mman.h>

static unsigned char *from, *to;
enum { LENGTH = 2 << 20 };

/* Compares the prefix, and that nothing after it was written. */
static bool prefix_is(size_t copied) {
    for (size_t i = copied; i < LENGTH; i++)
        if (to[i] != 0xee)
            return false;
    return memcmp(from, to, copied) == 0;
}

void test_copies(void) {
    copymc_engine engine;
    copymc_region source, destination;
    struct copymc_fault fault;
    size_t left;
    const char *kernel;
    uint64_t lines;
    OK(copymc_engine_create(NULL, &engine));
    OK(copymc_engine_kernel(engine, &kernel));
    CHECK(strncmp(kernel, "native-", 7) == 0);
    OK(copymc_region_create(LENGTH, NULL, &source));
    OK(copymc_region_create(LENGTH, NULL, &destination));
    OK(copymc_region_memory(source, (void **)&from, &left));
    CHECK(left == LENGTH && (uintptr_t)from % COPYMC_HUGE_PAGE_SIZE == 0);
    OK(copymc_region_memory(destination, (void **)&to, NULL));
    for (size_t i = 0; i < LENGTH; i++)
        from[i] = (unsigned char)(i * 7 + i / 4096);

    static const size_t lengths[] = {1, 63, 64, 65, 4096, 32768, 32769, LENGTH};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        memset(to, 0xee, LENGTH);
        left = 1;
        OK(copymc_copy(engine, to, from, lengths[i], &left, i % 2 ? &fault : NULL));
        CHECK(left == 0 && prefix_is(lengths[i]) && (i % 2 == 0 || fault.kind == COPYMC_FAULT_NONE));
    }

    // Known poison, by this library and by the stub's functions, which share their maps.
    mce_map_t map;
    CHECK(mce_map_create(from, LENGTH, &map) == 0);
    for (int by_stub = 0; by_stub < 2; by_stub++) {
        if (by_stub)
            CHECK(mce_map_mark(map, 20000, 1) == 0);
        else
            OK(copymc_map_mark(source, 20000, 1));
        for (size_t i = 0; i < 2; i++) {
            size_t length = i == 0 ? 30000 : LENGTH;
            memset(to, 0xee, LENGTH);
            OK(copymc_copy(engine, to, from, length, &left, &fault));
            CHECK(length - left == 19968 && prefix_is(19968));
            CHECK(fault.kind == COPYMC_FAULT_KNOWN_POISON && fault.side == COPYMC_SIDE_SOURCE && fault.extent == 64);
            CHECK(fault.address == (uintptr_t)from + 19968 && !fault.written_beyond);
            OK(copymc_copy(engine, to, from, length, &left, NULL));
            CHECK(length - left == 19968);
        }
        struct mce_fault stubs;
        CHECK(mce_copy(to, from, 30000, &stubs) == 30000 - 19968 && stubs.kind == MCE_KNOWN_POISON);
        OK(copymc_map_first(source, 0, LENGTH, &left));
        CHECK(left == (by_stub ? LENGTH : 19968));
        OK(copymc_map_count(source, &lines));
        CHECK(lines == (by_stub ? 0 : 1));
        OK(copymc_map_clear(source, 0, LENGTH));
    }
    CHECK(mce_map_clear(map, 0, LENGTH) == 0);
    CHECK(mce_map_destroy(map) == 0);

    // Latent poison: the first copy meets it, the second knows it.
    OK(copymc_region_inject(source, 5 * 4096, COPYMC_SOURCE_TRUNCATED_MAPPING));
    for (int known = 0; known < 2; known++) {
        memset(to, 0xee, LENGTH);
        OK(copymc_copy(engine, to, from, LENGTH, &left, &fault));
        CHECK(LENGTH - left == 5 * 4096 && prefix_is(5 * 4096));
        CHECK(fault.kind == (known ? COPYMC_FAULT_KNOWN_POISON : COPYMC_FAULT_BUS_ERROR) && fault.extent == (known ? 64 : 4096));
    }
    OK(copymc_region_heal(source, 5 * 4096, 1, COPYMC_SOURCE_TRUNCATED_MAPPING));
    memset(from + 5 * 4096, 1, 4096);
    OK(copymc_copy(engine, to, from, LENGTH, &left, NULL));
    CHECK(left == 0);

    // A fault in the destination.
    OK(copymc_region_inject(destination, 8192, COPYMC_SOURCE_TRUNCATED_MAPPING));
    OK(copymc_copy(engine, to, from, 16384, &left, &fault));
    CHECK(left == 8192 && fault.side == COPYMC_SIDE_DESTINATION && fault.kind == COPYMC_FAULT_BUS_ERROR);
    struct copymc_salvage_result result;
    OK(copymc_salvage(engine, to, from, 16384, NULL, NULL, 0, &result));
    CHECK(result.processed_bytes == 8192 && result.destination_fault.side == COPYMC_SIDE_DESTINATION);
    OK(copymc_region_heal(destination, 8192, 1, COPYMC_SOURCE_TRUNCATED_MAPPING));

    // A salvage: more ranges than fit, filled and propagated.
    OK(copymc_map_mark(source, 100, 1));
    OK(copymc_map_mark(source, 8192, 128));
    OK(copymc_region_inject(source, 1 << 20, COPYMC_SOURCE_TRUNCATED_MAPPING));
    struct copymc_lost_range lost[3] = {{0, 0}, {0, 0}, {7, 7}};
    struct copymc_salvage_options options = COPYMC_SALVAGE_OPTIONS_INIT;
    options.fill = COPYMC_FILL_PATTERN, options.pattern = 0xab, options.propagation = COPYMC_PROPAGATE_MAP;
    memset(to, 0xee, LENGTH);
    OK(copymc_salvage(engine, to, from, LENGTH, &options, lost, 2, &result));
    CHECK(result.lost_ranges == 3 && result.lost_bytes == 64 + 128 + 4096 && result.processed_bytes == LENGTH);
    CHECK(!result.gave_up && !result.not_propagated && result.destination_fault.kind == COPYMC_FAULT_NONE);
    CHECK(lost[0].offset == 64 && lost[0].length == 64 && lost[1].offset == 8192 && lost[1].length == 128 && lost[2].offset == 7);
    CHECK(memcmp(to, from, 64) == 0 && to[64] == 0xab && to[127] == 0xab && memcmp(to + 128, from + 128, 8064) == 0);
    CHECK(to[1 << 20] == 0xab && memcmp(to + (1 << 20) + 4096, from + (1 << 20) + 4096, LENGTH - (1 << 20) - 4096) == 0);
    OK(copymc_map_count(destination, &lines));
    CHECK(lines == 1 + 2 + 64);
    options.max_lost_bytes = 100;
    OK(copymc_salvage(engine, to, from, LENGTH, &options, NULL, 0, &result));
    CHECK(result.gave_up == 1 && result.processed_bytes <= LENGTH);
    OK(copymc_salvage(engine, to, from, 0, NULL, NULL, 0, &result));
    CHECK(result.processed_bytes == 0 && result.lost_ranges == 0);

    // Marks of a map of the program, over its own memory.
    copymc_map own;
    static unsigned char memory[8192];
    OK(copymc_map_create(memory, sizeof memory, &own));
    OK(copymc_map_mark(own, 4096, 1));
    OK(copymc_copy(engine, to, memory, sizeof memory, &left, NULL));
    CHECK(left >= 4096 && left < 4096 + 64);
    OK(copymc_destroy(own));
    OK(copymc_copy(engine, to, memory, sizeof memory, &left, NULL));
    CHECK(left == 0);

    OK(copymc_destroy(source));
    OK(copymc_destroy(destination));
    OK(copymc_destroy(engine));
}
