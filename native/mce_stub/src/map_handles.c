#include "map_handles.h"

#include <stddef.h>
#include <stdlib.h>

enum { SLOTS_PER_CHUNK = 16384, CHUNKS = 16384 };

/* Slots never move, so that a handle is checked without the lock. */
static struct mce_slot *_Atomic chunks[CHUNKS];
static uint32_t slots_made, first_free, free_slots;

struct mce_slot *mce_slot_of(mce_map_t handle) {
    uint32_t index = (uint32_t)handle;
    struct mce_slot *chunk = index / SLOTS_PER_CHUNK < CHUNKS ? atomic_load(&chunks[index / SLOTS_PER_CHUNK]) : NULL;
    return chunk ? &chunk[index % SLOTS_PER_CHUNK] : NULL;
}

struct mce_map *mce_map_find(mce_map_t handle) {
    struct mce_slot *slot = mce_slot_of(handle);
    /* In this order: a slot gets another map only after the readers that have seen the former generation have left. */
    return slot && atomic_load(&slot->generation) == handle >> 32 ? atomic_load(&slot->map) : NULL;
}

mce_map_t mce_handle_reserve(void) {
    uint32_t index = first_free;
    if (free_slots != 0) {
        first_free = mce_slot_of(index)->next_free;
        free_slots--;
    } else {
        index = slots_made;
        uint32_t chunk = index / SLOTS_PER_CHUNK;
        if (chunk == CHUNKS)
            return 0;
        if (index % SLOTS_PER_CHUNK == 0) {
            struct mce_slot *slots = calloc(SLOTS_PER_CHUNK, sizeof *slots);
            if (!slots)
                return 0;
            atomic_store(&chunks[chunk], slots);
        }
        slots_made++;
        /* No handle is 0. */
        atomic_store(&mce_slot_of(index)->generation, 1);
    }
    return (mce_map_t)atomic_load(&mce_slot_of(index)->generation) << 32 | index;
}

void mce_handle_set(mce_map_t handle, struct mce_map *map) { atomic_store(&mce_slot_of(handle)->map, map); }

void mce_handle_end(mce_map_t handle) {
    struct mce_slot *slot = mce_slot_of(handle);
    atomic_store(&slot->map, NULL);
    atomic_fetch_add(&slot->generation, 1);
}

void mce_handle_release(mce_map_t handle) {
    struct mce_slot *slot = mce_slot_of(handle);
    /* After its last generation a slot is never used again: handles would repeat. */
    if (atomic_load(&slot->generation) == 0)
        return;
    slot->next_free = first_free;
    first_free = (uint32_t)handle;
    free_slots++;
}
