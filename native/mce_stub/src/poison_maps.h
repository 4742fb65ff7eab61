/* What copies and the signal handler ask the poison maps; mce_stub.h has what clients do with them. */
#ifndef MCE_POISON_MAPS_H
#define MCE_POISON_MAPS_H

#include "mce_stub.h"

#pragma GCC visibility push(hidden)

/* What copies read before they ask a map. */
extern struct mce_gate mce_gate;

struct mce_map {
    uintptr_t start, end;
    uintptr_t first_page, last_page; /* numbers of 4 KiB pages */
    uint64_t *lines;                 /* a word for each page, a bit for each line */
    uint8_t *groups;                 /* for each 64 pages, the number of words that are not zero */
    size_t mapped;                   /* bytes of their mapping; 0 in the heap */
    uint32_t slot;
    uint64_t memory[];
};

/* Null if the handle names no live map. The caller is a reader, or no other thread destroys maps. */
struct mce_map *mce_map_find(mce_map_t handle);

#pragma GCC visibility pop

#endif
