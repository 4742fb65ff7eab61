/* Handles of maps: the number of a slot, and above it the generation of the slot, so that the handle of a destroyed map is recognised. */
#ifndef MCE_MAP_HANDLES_H
#define MCE_MAP_HANDLES_H

#include <stdatomic.h>

#include "mce_stub.h"

#pragma GCC visibility push(hidden)

struct mce_map;

struct mce_slot {
    struct mce_map *_Atomic map; /* null if there is none */
    _Atomic uint32_t generation; /* of the map, or else of the next one */
    uint32_t next_free;
};

/* The slot of a handle, of any generation; null if there is none. */
struct mce_slot *mce_slot_of(mce_map_t handle);

/* The map of a handle; null if the map is not live. Async-signal-safe. The map stays valid while the caller is a reader or holds the lock.
 */
struct mce_map *mce_map_find(mce_map_t handle);

/* The functions below need the lock of the writers. */

/* Reserves a handle; 0 if there is no memory. It names no map until mce_handle_set. */
mce_map_t mce_handle_reserve(void);
void mce_handle_set(mce_map_t handle, struct mce_map *map);

/* The handle names no map from here on. Readers may still use the map. */
void mce_handle_end(mce_map_t handle);

/* Makes the slot of an ended or unset handle available, after the readers have left. */
void mce_handle_release(mce_map_t handle);

#pragma GCC visibility pop

#endif
