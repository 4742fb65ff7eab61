/* Tests what the vectors do not say about the poison maps: handles, memory that runs out, saturated counts, many maps, tags. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "map_handles.h"
#include "map_index.h"
#include "poison_marks.h"
#include "test.h"

static void is_no_map(mce_map_t map, const char *what) {
    size_t first = 77;
    uint64_t lines = 77;
    CHECK(mce_map_mark(map, 0, 1) == EBADF && mce_map_clear(map, 0, 1) == EBADF && mce_map_first(map, 0, 1, &first) == EBADF &&
              mce_map_count(map, &lines) == EBADF && mce_map_destroy(map) == EBADF && first == 77 && lines == 77,
          "%s: %llx", what, (unsigned long long)map);
}

static void handles(void) {
    const uintptr_t start = 0x20000000;
    mce_map_t map = map_over(start, PAGE);
    for (int bit = 0; bit < 64; bit++)
        is_no_map(map ^ (mce_map_t)1 << bit, "a made-up handle");
    is_no_map(0, "0");
    is_no_map(UINT64_MAX, "all bits");
    CHECK(mce_map_destroy(map) == 0, "destroy");
    is_no_map(map, "a handle that was destroyed");
    is_no_map(map + ((mce_map_t)1 << 32), "the next handle of a free slot");

    mce_map_t next = map_over(start, PAGE);
    CHECK((uint32_t)next == (uint32_t)map && next != map, "a slot is used again, with another handle");
    is_no_map(map, "the former handle of a slot");
    CHECK(mce_map_destroy(next) == 0, "destroy");

    struct mce_slot *slot = mce_slot_of(next);
    slot->generation = UINT32_MAX;
    mce_map_t last = map_over(start, PAGE);
    CHECK(mce_slot_of(last) == slot && last >> 32 == UINT32_MAX && mce_map_destroy(last) == 0, "the last generation of a slot");
    next = map_over(start, PAGE);
    CHECK(mce_slot_of(next) != slot && mce_map_destroy(next) == 0, "a slot was used after its last generation");
    is_no_map((uint32_t)last, "a slot after its last generation");
}

static void null_results(void) {
    mce_map_t map = map_over(0x20000000, PAGE), untouched = 77;
    CHECK(mce_map_create((void *)0x20000000, PAGE, NULL) == EINVAL, "create");
    CHECK(mce_map_create(NULL, PAGE, &untouched) == EINVAL && untouched == 77, "a failed create stores no handle");
    CHECK(mce_map_first(map, 0, 1, NULL) == EINVAL && mce_map_count(map, NULL) == EINVAL, "first, count");
    CHECK(mce_map_destroy(map) == 0, "destroy");
}

/* All of the address space but its last page can be in a map. */
static void the_end_of_the_address_space(void) {
    const uintptr_t last = UINTPTR_MAX - PAGE - 1;
    mce_map_t map = 0;
    CHECK(mce_map_create((void *)last, 2, &map) == EINVAL && mce_map_create((void *)(last + 1), 1, &map) == EINVAL && map == 0, "outside");
    map = map_over(last, 1);
    CHECK(mce_map_mark(map, 0, 1) == 0 && mce_first_poisoned(last - PAGE, last + 1) == last / 64 * 64, "the last byte");
    CHECK(mce_map_destroy(map) == 0, "destroy");
}

static void empty_ranges(void) {
    const uintptr_t start = 0x20000000;
    mce_map_t map = map_over(start, PAGE);
    CHECK(mce_map_mark(map, 0, PAGE) == 0, "mark");
    CHECK(mce_first_poisoned(start + 100, start + 100) == start + 100, "an empty range");
    CHECK(mce_first_poisoned(start + 100, start + 50) == start + 50, "an end before the start");
    CHECK(mce_map_clear(map, 0, PAGE) == 0 && !mce_mark_everywhere(start, 0) && lines_of(map) == 0, "an empty report");
    CHECK(mce_map_destroy(map) == 0, "destroy");
}

#ifdef __aarch64__
static void tags_are_ignored(void) {
    const uintptr_t start = 0x20000000, tag = (uintptr_t)0x2a << 56, other = (uintptr_t)0xff << 56;
    mce_map_t map = map_over(start | tag, PAGE);
    CHECK(mce_mark_everywhere((start + 200) | other, 1) && lines_of(map) == 1, "a report with another tag");
    CHECK(mce_first_poisoned(start, start + PAGE) == start + 192, "a look-up without a tag");
    CHECK(mce_first_poisoned(start | other, (start + PAGE) | other) == ((start + 192) | other), "a look-up keeps its tag");
    CHECK(mce_first_poisoned(start | other, (start + 64) | other) == ((start + 64) | other), "a clean range with a tag");
    CHECK(mce_map_destroy(map) == 0, "destroy");
}
#endif

/* A count that reached its limit can no longer be counted down correctly. */
static void saturated_counts_stay(void) {
    const uintptr_t start = 0x20000000;
    uint16_t *entry = &mce_gate_of_process()->poisoned_pages[(uint16_t)(start / PAGE)];
    mce_map_t maps[] = {map_over(start, PAGE), map_over(start, PAGE), map_over(start, PAGE)};
    *entry = UINT16_MAX - 2;
    for (int i = 0; i < 3; i++)
        CHECK(mce_map_mark(maps[i], 0, 1) == 0 && *entry == (i == 0 ? UINT16_MAX - 1 : UINT16_MAX), "mark %d: %d", i, *entry);
    CHECK(mce_map_clear(maps[0], 0, 1) == 0 && *entry == UINT16_MAX, "a saturated count was counted down by clear");
    CHECK(mce_map_destroy(maps[1]) == 0 && *entry == UINT16_MAX, "a saturated count was counted down by destroy");
    CHECK(mce_map_destroy(maps[2]) == 0 && mce_map_destroy(maps[0]) == 0, "destroy");
    *entry = 0;
    gate_is_clear("saturation");
}

/* If there is no memory, nothing changes, whichever allocation fails. */
static void memory_runs_out(void) {
    enum { MAPS = 1500 };
    static mce_map_t maps[MAPS];
    const uintptr_t start = 0x30000000;
    mce_map_t probe = map_over(start, PAGE);
    CHECK(mce_map_destroy(probe) == 0, "destroy");
    long before = allocated;
    int most = 0;
    for (int i = 0; i < MAPS; i++) {
        int error = ENOMEM;
        for (int left = 0; error == ENOMEM; left++) {
            long here = allocated;
            allocations_left = left;
            /* Large ones need a mapping. */
            error = mce_map_create((void *)(start + (uintptr_t)i * 2 * PAGE), i % 50 ? PAGE : 32 << 20, &maps[i]);
            allocations_left = -1;
            CHECK(error == 0 || (error == ENOMEM && allocated == here), "create %d with %d allocations: %d", i, left, error);
            most = left > most ? left : most;
        }
        CHECK(mce_map_mark(maps[i], 0, 1) == 0, "mark");
    }
    CHECK(mce_slot_of(maps[0]) == mce_slot_of(probe), "a failed create lost a slot");
    CHECK(most >= 5, "at most %d allocations: no node was split", most);
    for (int i = 0; i < MAPS; i++) {
        int error = ENOMEM;
        uintptr_t at = start + (uintptr_t)i * 2 * PAGE;
        for (int left = 0; error == ENOMEM; left++) {
            long here = allocated;
            allocations_left = left;
            error = mce_map_destroy(maps[i]);
            allocations_left = -1;
            CHECK(error == 0 || (error == ENOMEM && allocated == here && lines_of(maps[i]) == 1 && mce_first_poisoned(at, at + 1) == at),
                  "destroy %d with %d allocations: %d", i, left, error);
        }
        CHECK(mce_first_poisoned(at, at + PAGE) == at + PAGE, "a destroyed map is found");
        CHECK(i != MAPS - 2 || allocated == before + 2, "the last map has %ld allocations besides its node", allocated - before - 1);
    }
    CHECK(allocated == before, "%ld allocations are left", allocated - before);
    gate_is_clear("memory that ran out");
}

static uintptr_t count_visit(struct mce_map *map, uintptr_t address, uintptr_t end, void *visits) {
    (void)map, (void)address;
    ++*(int *)visits;
    return end;
}

/* A look-up takes time for the maps that overlap its range, not for those before it that a longer one hides. */
static void only_overlapping_maps_are_visited(void) {
    enum { MAPS = 2000 };
    static char names[MAPS + 1];
    struct mce_index_node *root = NULL;
    struct mce_replaced_nodes replaced = {0};
    CHECK(mce_index_add(&root, 0, MAPS * 100, (struct mce_map *)&names[MAPS], &replaced), "add");
    for (int i = 0; i < MAPS; i++)
        CHECK(mce_index_add(&root, (uintptr_t)i * 100, (uintptr_t)i * 100 + 50, (struct mce_map *)&names[i], &replaced), "add");
    for (int i = 0; i < MAPS; i++) {
        int visits = 0;
        mce_index_visit(root, (uintptr_t)i * 100 + 50, (uintptr_t)i * 100 + 100, count_visit, &visits);
        CHECK(visits == 1, "%d maps are visited between two", visits);
        mce_index_visit(root, (uintptr_t)i * 100 + 49, (uintptr_t)i * 100 + 101, count_visit, &visits);
        CHECK(visits == 1 + (i < MAPS - 1 ? 3 : 2), "%d maps are visited over two", visits - 1);
    }
    for (int i = 0; i <= MAPS; i++)
        CHECK(mce_index_remove(&root, i < MAPS ? (uintptr_t)i * 100 : 0, (struct mce_map *)&names[i], &replaced), "remove");
    CHECK(!root, "an index without maps has no node");
    mce_index_free(&replaced);
}

static int mappings(void) {
    int lines = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    for (int c; (c = getc(file)) != EOF;)
        lines += c == '\n';
    fclose(file);
    return lines;
}

static void small_maps_take_no_mapping(void) {
    mce_map_t map = map_over(0x20000001, 16 << 20);
    CHECK(mce_map_find(map)->mapped == 0, "16 MiB");
    CHECK(mce_map_destroy(map) == 0, "destroy");
}

/* The last group of pages is not whole, and no memory follows its words. */
static void nothing_behind_the_words_is_read(void) {
    enum { PAGES = 5110 };
    guards_mappings = true;
    mce_map_t map = map_over(0x20000000, PAGES * PAGE);
    guards_mappings = false;
    const struct mce_map *at = mce_map_find(map);
    void *guard = (char *)at->groups + at->mapped;
    CHECK(at->mapped % PAGE == 0, "the words end before their last page");
    CHECK(mce_map_mark(map, (PAGES - 2) * PAGE, 1) == 0 && lines_of(map) == 1, "mark");
    CHECK(mce_first_poisoned(at->end - PAGE, at->end) == at->end, "a clean page after a poisoned one");
    CHECK(mce_map_destroy(map) == 0, "destroy");
    munmap(guard, PAGE);
}

/* More than the kernel allows mappings, far apart, and destroyed in another order. */
static void many_maps(void) {
    enum { MAPS = 100000, STEP = 7919 };
    const uintptr_t start = 0x1000000000;
    mce_map_t *maps = calloc(MAPS, sizeof *maps);
    int before = mappings();
    for (int i = 0; i < MAPS; i++) {
        maps[i] = map_over(start + (uintptr_t)i * 3 * PAGE, PAGE);
        CHECK(mce_map_mark(maps[i], (size_t)i % 64 * 64, 1) == 0, "mark %d", i);
    }
    CHECK(mappings() < before + 1000, "%d mappings", mappings() - before);
    for (int i = 0; i < MAPS; i++) {
        uintptr_t at = start + (uintptr_t)i * 3 * PAGE;
        CHECK(mce_first_poisoned(at - PAGE, at + PAGE) == at + (size_t)i % 64 * 64, "look-up %d", i);
    }
    for (int i = 0; i < MAPS; i++)
        CHECK(mce_map_destroy(maps[(long)i * STEP % MAPS]) == 0, "destroy %d", i);
    free(maps);
    gate_is_clear("many maps");
}

void poison_maps(void) {
    handles();
    null_results();
    the_end_of_the_address_space();
    empty_ranges();
#ifdef __aarch64__
    tags_are_ignored();
#endif
    saturated_counts_stay();
    memory_runs_out();
    only_overlapping_maps_are_visited();
    small_maps_take_no_mapping();
    nothing_behind_the_words_is_read();
    many_maps();
}
