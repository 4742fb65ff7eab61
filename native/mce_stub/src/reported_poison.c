/*
 * Poison that the kernel reports before an access. The handler marks it in the maps directly, with atomic operations on existing memory:
 * there is no queue that could overflow, and the mark is set when the handler returns.
 */
#include "reported_poison.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "mce_stub.h"

#define LINE_SHIFT 6
#define PAGE_SHIFT 12
#define LINES_PER_PAGE 64
#define PAGES_PER_GROUP 64

struct watched {
    struct mce_gate *gate;
    size_t count;
    struct mce_watched_map maps[];
};

static struct watched *current;
static int handlers_inside;

/* A saturated count stays: it can no longer be counted down correctly. */
static void count_page(struct mce_gate *gate, uintptr_t page, int by) {
    uint16_t *entry = &gate->poisoned_pages[(uint16_t)page];
    uint16_t before = __atomic_load_n(entry, __ATOMIC_RELAXED);
    while (before != UINT16_MAX &&
           !__atomic_compare_exchange_n(entry, &before, (uint16_t)(before + by), false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        ;
}

static void count(struct mce_gate *gate, const struct mce_watched_map *map, uintptr_t page, int by, int lines) {
    __atomic_fetch_add(&gate->poisoned_lines, lines, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&map->groups[(page - map->first_page) / PAGES_PER_GROUP], by, __ATOMIC_SEQ_CST);
    count_page(gate, page - 1, by);
    count_page(gate, page, by);
}

/*
 * Returns whether a line was not marked before. As in PoisonMap.SetLines, counts are incremented before the word is set, and lines that
 * were set already are subtracted afterwards. So no count is ever too low while other threads mark or clear lines that share it.
 */
static bool mark_lines(struct mce_gate *gate, const struct mce_watched_map *map, uintptr_t page, uint64_t mask) {
    uint64_t *word = &map->lines[page - map->first_page];
    if ((__atomic_load_n(word, __ATOMIC_SEQ_CST) & mask) == mask)
        return false;
    count(gate, map, page, 1, __builtin_popcountll(mask));
    uint64_t before = __atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST);
    if (before != 0)
        count(gate, map, page, -1, -__builtin_popcountll(mask & before));
    return (mask & ~before) != 0;
}

static void mark(struct mce_gate *gate, const struct mce_watched_map *map, uintptr_t from, uintptr_t to) {
    uintptr_t line = from >> LINE_SHIFT, last = (to - 1) >> LINE_SHIFT;
    bool marked = false;
    while (line <= last) {
        uintptr_t last_of_page = line | (LINES_PER_PAGE - 1), last_here = last < last_of_page ? last : last_of_page;
        uint64_t mask = (~UINT64_C(0) << (line % LINES_PER_PAGE)) & (~UINT64_C(0) >> (LINES_PER_PAGE - 1 - last_here % LINES_PER_PAGE));
        marked |= mark_lines(gate, map, line >> (PAGE_SHIFT - LINE_SHIFT), mask);
        line = last_of_page + 1;
    }
    if (marked)
        __atomic_fetch_add(&gate->marks, 1, __ATOMIC_SEQ_CST);
}

bool mce_mark_reported(uintptr_t address, size_t extent) {
    bool covered = false;
    /* Increments before reading the list, because mce_watch frees a list only after this count is 0. */
    __atomic_fetch_add(&handlers_inside, 1, __ATOMIC_SEQ_CST);
    struct watched *list = __atomic_load_n(&current, __ATOMIC_SEQ_CST);
    for (size_t i = 0; list && i < list->count; i++) {
        const struct mce_watched_map *map = &list->maps[i];
        uintptr_t from = address > map->start ? address : map->start;
        uintptr_t to = address + extent < map->end ? address + extent : map->end;
        if (from < to) {
            mark(list->gate, map, from, to);
            covered = true;
        }
    }
    __atomic_fetch_sub(&handlers_inside, 1, __ATOMIC_SEQ_CST);
    return covered;
}

int mce_watch(struct mce_gate *gate, const struct mce_watched_map *maps, size_t count) {
    struct watched *list = malloc(sizeof *list + count * sizeof *maps);
    if (!list)
        return ENOMEM;
    list->gate = gate;
    list->count = count;
    if (count)
        memcpy(list->maps, maps, count * sizeof *maps);
    struct watched *former = __atomic_exchange_n(&current, list, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&handlers_inside, __ATOMIC_SEQ_CST) != 0)
        sched_yield();
    free(former);
    return 0;
}
