/*
 * The live maps, sorted by address: a B+-tree whose nodes are never changed. Adding or removing a map makes new nodes from the root to one
 * leaf. So readers need no lock, and every operation takes time that grows with the logarithm of the number of maps.
 */
#ifndef MCE_MAP_INDEX_H
#define MCE_MAP_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct mce_map;
struct mce_index_node;

/* Nodes that changes have replaced. Readers may still use them. */
struct mce_replaced_nodes {
    struct mce_index_node *first;
    int count;
};

/* Both change *root, which is null for no maps, and return true; or they change nothing, because there is no memory, and return false. */
bool mce_index_add(struct mce_index_node **root, uintptr_t start, uintptr_t end, struct mce_map *map, struct mce_replaced_nodes *replaced);
bool mce_index_remove(struct mce_index_node **root, uintptr_t start, struct mce_map *map, struct mce_replaced_nodes *replaced);

void mce_index_free(struct mce_replaced_nodes *replaced);

/*
 * Calls visit for every map that overlaps [address, end), not in order, until it returns address. What visit returns is the end of the
 * range from then on. Returns the last end. Async-signal-safe if visit is.
 */
uintptr_t mce_index_visit(const struct mce_index_node *root, uintptr_t address, uintptr_t end,
                          uintptr_t (*visit)(struct mce_map *map, uintptr_t address, uintptr_t end, void *context), void *context);

#pragma GCC visibility pop

#endif
