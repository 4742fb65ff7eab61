/* The marks of one poison map, and the gate, which counts the marks of all. */
#ifndef MCE_POISON_MARKS_H
#define MCE_POISON_MARKS_H

#include "mce_stub.h"

#define LINE_SHIFT 6
#define LINE_SIZE ((uintptr_t)1 << LINE_SHIFT)
#define PAGE_SHIFT 12
#define PAGE_SIZE ((uintptr_t)1 << PAGE_SHIFT)

#pragma GCC visibility push(hidden)

/* What copies read before they ask a map. */
extern struct mce_gate mce_gate;

struct mce_map {
    uintptr_t start, end;
    uintptr_t first_page, last_page; /* numbers of 4 KiB pages */
    uint64_t *lines;                 /* a word for each page, a bit for each line */
    uint8_t *groups;                 /* for each 64 pages, the number of words that are not zero */
    size_t mapped;                   /* bytes of their mapping; 0 in the heap */
    uint64_t memory[];
};

/* A clean map of a range that does not wrap around. Null if there is no memory. */
struct mce_map *mce_marks_allocate(uintptr_t start, size_t length);

/* Counts the marks down and frees the map, which nobody uses any more. */
void mce_marks_retire(struct mce_map *map);

/* Both for a range within the map that is not empty. Lock-free, async-signal-safe. */
void mce_marks_set(const struct mce_map *map, uintptr_t from, uintptr_t to);
void mce_marks_clear(const struct mce_map *map, uintptr_t from, uintptr_t to);

/* The first byte of a range in a marked line, or the end. The range may be empty or reach outside the map. Async-signal-safe. */
uintptr_t mce_marks_first(const struct mce_map *map, uintptr_t address, uintptr_t end);

/* The number of marked lines. Async-signal-safe. */
uint64_t mce_marks_count(const struct mce_map *map);

#pragma GCC visibility pop

#endif
