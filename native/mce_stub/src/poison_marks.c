/*
 * Marks are set with atomic operations on existing memory, so that the signal handler can set them. Counts are incremented before the word
 * is set, less what was set already, and decremented after it is cleared. So no count is ever too low while others mark or clear lines that
 * share it.
 */
#define _GNU_SOURCE
#include "poison_marks.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LINES_PER_PAGE 64
#define PAGES_PER_GROUP 64

/*
 * Words and counts of maps up to 16 MiB are in the heap: the kernel allows a process 65,530 mappings (vm.max_map_count). One page more,
 * because a range need not be aligned.
 */
enum { MOST_PAGES_IN_HEAP = 4096 + 1 };

struct mce_gate mce_gate __attribute__((aligned(64)));

/* A saturated count stays: it can no longer be counted down correctly. */
static void count_page(uintptr_t page, int by) {
    uint16_t *entry = &mce_gate.poisoned_pages[(uint16_t)page];
    uint16_t before = __atomic_load_n(entry, __ATOMIC_RELAXED);
    while (before != UINT16_MAX &&
           !__atomic_compare_exchange_n(entry, &before, (uint16_t)(before + by), false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        ;
}

static void count(const struct mce_map *map, uintptr_t page, int by, int lines) {
    __atomic_fetch_add(&mce_gate.poisoned_lines, lines, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&map->groups[(page - map->first_page) / PAGES_PER_GROUP], by, __ATOMIC_SEQ_CST);
    count_page(page - 1, by);
    count_page(page, by);
}

/* Returns false if all lines were marked before. */
static bool mark_lines(const struct mce_map *map, uintptr_t page, uint64_t mask) {
    uint64_t *word = &map->lines[page - map->first_page];
    if ((__atomic_load_n(word, __ATOMIC_SEQ_CST) & mask) == mask)
        return false;
    count(map, page, 1, __builtin_popcountll(mask));
    uint64_t before = __atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST);
    if (before != 0)
        count(map, page, -1, -__builtin_popcountll(mask & before));
    return true;
}

static bool clear_lines(const struct mce_map *map, uintptr_t page, uint64_t mask) {
    uint64_t *word = &map->lines[page - map->first_page];
    /* A store would commit memory. */
    if ((__atomic_load_n(word, __ATOMIC_SEQ_CST) & mask) == 0)
        return false;
    uint64_t before = __atomic_fetch_and(word, ~mask, __ATOMIC_SEQ_CST);
    int cleared = __builtin_popcountll(mask & before);
    if (before != 0 && (before & ~mask) == 0)
        count(map, page, -1, -cleared);
    else
        __atomic_fetch_sub(&mce_gate.poisoned_lines, cleared, __ATOMIC_SEQ_CST);
    return cleared != 0;
}

/* For the lines of a range that is not empty and within the map, page by page. Returns whether any changed. */
static bool change_lines(const struct mce_map *map, uintptr_t from, uintptr_t to,
                         bool (*change)(const struct mce_map *, uintptr_t, uint64_t)) {
    uintptr_t line = from >> LINE_SHIFT, last = (to - 1) >> LINE_SHIFT;
    bool changed = false;
    while (line <= last) {
        uintptr_t last_of_page = line | (LINES_PER_PAGE - 1), last_here = last < last_of_page ? last : last_of_page;
        uint64_t mask = (~UINT64_C(0) << (line % LINES_PER_PAGE)) & (~UINT64_C(0) >> (LINES_PER_PAGE - 1 - last_here % LINES_PER_PAGE));
        changed |= change(map, line >> (PAGE_SHIFT - LINE_SHIFT), mask);
        line = last_of_page + 1;
    }
    return changed;
}

void mce_marks_set(const struct mce_map *map, uintptr_t from, uintptr_t to) {
    /* Last, so that a copy that sees the new number also sees the marks. */
    if (change_lines(map, from, to, mark_lines))
        __atomic_fetch_add(&mce_gate.marks, 1, __ATOMIC_SEQ_CST);
}

/* The first page from one page of the map to another that has a mark, or a page after the last. */
static uintptr_t next_marked_page(const struct mce_map *map, uintptr_t page, uintptr_t last) {
    page -= map->first_page, last -= map->first_page;
    while (page <= last) {
        uintptr_t group = page / PAGES_PER_GROUP;
        /* The counts are padded to words. */
        if (group % sizeof(uint64_t) == 0 && __atomic_load_n((const uint64_t *)&map->groups[group], __ATOMIC_ACQUIRE) == 0) {
            page = (group + sizeof(uint64_t)) * PAGES_PER_GROUP;
            continue;
        }
        uintptr_t end = (group + 1) * PAGES_PER_GROUP <= last ? (group + 1) * PAGES_PER_GROUP : last + 1;
        if (__atomic_load_n(&map->groups[group], __ATOMIC_ACQUIRE) != 0) {
            for (; page < end; page++) {
                if (__atomic_load_n(&map->lines[page], __ATOMIC_ACQUIRE) != 0)
                    return page + map->first_page;
            }
        }
        page = end;
    }
    return page + map->first_page;
}

/* Reads only the words of groups with marks: most of a large map is memory that was never touched. */
void mce_marks_clear(const struct mce_map *map, uintptr_t from, uintptr_t to) {
    uintptr_t last = (to - 1) >> PAGE_SHIFT;
    for (uintptr_t page = from >> PAGE_SHIFT; (page = next_marked_page(map, page, last)) <= last; page++) {
        uintptr_t start = page << PAGE_SHIFT, end = start + PAGE_SIZE;
        change_lines(map, start > from ? start : from, page < last ? end : to, clear_lines);
    }
}

uintptr_t mce_marks_first(const struct mce_map *map, uintptr_t address, uintptr_t end) {
    uintptr_t page = address >> PAGE_SHIFT, last = (end - 1) >> PAGE_SHIFT;
    uintptr_t from = page > map->first_page ? page : map->first_page, to = last < map->last_page ? last : map->last_page;
    for (uintptr_t at = from; at <= to; at++) {
        if ((at = next_marked_page(map, at, to)) > to)
            break;
        uint64_t lines = __atomic_load_n(&map->lines[at - map->first_page], __ATOMIC_ACQUIRE);
        if (at == page)
            lines &= ~UINT64_C(0) << (address >> LINE_SHIFT) % LINES_PER_PAGE;
        if (lines == 0)
            continue;
        uintptr_t line = (at << PAGE_SHIFT) + ((uintptr_t)__builtin_ctzll(lines) << LINE_SHIFT);
        return line < address ? address : line < end ? line : end;
    }
    return end;
}

uint64_t mce_marks_count(const struct mce_map *map) {
    uint64_t lines = 0;
    for (uintptr_t page = map->first_page; (page = next_marked_page(map, page, map->last_page)) <= map->last_page; page++)
        lines += (uint64_t)__builtin_popcountll(__atomic_load_n(&map->lines[page - map->first_page], __ATOMIC_ACQUIRE));
    return lines;
}

struct mce_map *mce_marks_allocate(uintptr_t start, size_t length) {
    uintptr_t first_page = start >> PAGE_SHIFT, last_page = (start + length - 1) >> PAGE_SHIFT;
    size_t pages = last_page - first_page + 1;
    size_t words_of_groups = ((pages + PAGES_PER_GROUP - 1) / PAGES_PER_GROUP + sizeof(uint64_t) - 1) / sizeof(uint64_t);
    size_t size = (words_of_groups + pages) * sizeof(uint64_t);
    bool in_heap = pages <= MOST_PAGES_IN_HEAP;
    struct mce_map *map = calloc(1, sizeof *map + (in_heap ? size : 0));
    if (!map)
        return NULL;
    uint64_t *memory = map->memory;
    if (!in_heap) {
        /* Untouched zero pages until a line is marked; one mark must not commit a huge page. */
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) {
            free(map);
            return NULL;
        }
        madvise(memory, size, MADV_NOHUGEPAGE);
        map->mapped = size;
    }
    map->start = start;
    map->end = start + length;
    map->first_page = first_page;
    map->last_page = last_page;
    map->groups = (uint8_t *)memory;
    map->lines = memory + words_of_groups;
    return map;
}

void mce_marks_retire(struct mce_map *map) {
    for (uintptr_t page = map->first_page; (page = next_marked_page(map, page, map->last_page)) <= map->last_page; page++) {
        count_page(page - 1, -1);
        count_page(page, -1);
    }
    __atomic_fetch_sub(&mce_gate.poisoned_lines, (int64_t)mce_marks_count(map), __ATOMIC_SEQ_CST);
    if (map->mapped)
        munmap(map->groups, map->mapped);
    free(map);
}
