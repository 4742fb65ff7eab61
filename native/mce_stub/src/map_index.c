#include "map_index.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FANOUT = 32 };

/* A map in a leaf, or a node with the key of its first map. */
struct entry {
    uintptr_t start;
    const struct mce_map *first; /* orders maps with the same start */
    uintptr_t end;               /* the highest end of its maps */
    uintptr_t reach;             /* the highest end of this and the earlier entries of the node: where a search to the left may stop */
    void *child;                 /* struct mce_index_node, or struct mce_map in a leaf */
};

struct mce_index_node {
    struct mce_index_node *next; /* in a list of the writer */
    int count;
    bool is_leaf;
    struct entry entries[];
};

/* A change takes effect only if it succeeds up to the root. Until then it keeps the nodes that it made, and those that they replace. */
struct change {
    struct mce_index_node *made, *replaced;
    int replaced_count;
};

/* What takes the place of a node: itself, two halves, or nothing. */
struct successors {
    struct mce_index_node *nodes[2];
    int count;
};

static struct mce_index_node *make(struct change *change, bool is_leaf, const struct entry *entries, int count) {
    struct mce_index_node *node = malloc(sizeof *node + (size_t)count * sizeof *entries);
    if (!node)
        return NULL;
    node->next = change->made;
    change->made = node;
    node->count = count;
    node->is_leaf = is_leaf;
    uintptr_t reach = 0;
    for (int i = 0; i < count; i++) {
        node->entries[i] = entries[i];
        if (entries[i].end > reach)
            reach = entries[i].end;
        node->entries[i].reach = reach;
    }
    return node;
}

static void replace(struct change *change, struct mce_index_node *node) {
    node->next = change->replaced;
    change->replaced = node;
    change->replaced_count++;
}

static struct entry entry_of(struct mce_index_node *node) {
    return (struct entry){
        .start = node->entries[0].start,
        .first = node->entries[0].first,
        .end = node->entries[node->count - 1].reach,
        .child = node,
    };
}

static bool succeed(struct change *change, struct successors *successors, bool is_leaf, const struct entry *entries, int count) {
    int first = count > FANOUT ? count / 2 : count;
    successors->count = 0;
    for (int from = 0; from < count; from += first) {
        struct mce_index_node *node = make(change, is_leaf, entries + from, from == 0 ? first : count - first);
        if (!node)
            return false;
        successors->nodes[successors->count++] = node;
        if (from != 0)
            break;
    }
    return true;
}

static bool is_before(const struct entry *entry, uintptr_t start, const struct mce_map *map) {
    return entry->start != start ? entry->start < start : (uintptr_t)entry->first < (uintptr_t)map;
}

/* The number of entries before a key. */
static int position(const struct mce_index_node *node, uintptr_t start, const struct mce_map *map) {
    int low = 0, high = node->count;
    while (low < high) {
        int middle = (low + high) / 2;
        if (is_before(&node->entries[middle], start, map))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The entry of an inner node that holds a key, or would. */
static int child_for(const struct mce_index_node *node, uintptr_t start, const struct mce_map *map) {
    int at = position(node, start, map);
    bool is_first_of_child = at < node->count && node->entries[at].start == start && node->entries[at].first == map;
    return is_first_of_child || at == 0 ? at : at - 1;
}

/* Adds an entry, or without an entry removes the map. Returns false if there is no memory. */
static bool change_node(struct change *change, struct mce_index_node *node, uintptr_t start, const struct mce_map *map,
                        const struct entry *added, struct successors *successors) {
    struct entry entries[FANOUT + 1];
    int at, count = 0, taken;
    if (node->is_leaf) {
        at = position(node, start, map);
        taken = added ? 0 : 1;
        memcpy(entries, node->entries, (size_t)at * sizeof *entries);
        count = at;
        if (added)
            entries[count++] = *added;
    } else {
        struct successors below;
        at = child_for(node, start, map);
        taken = 1;
        if (!change_node(change, node->entries[at].child, start, map, added, &below))
            return false;
        memcpy(entries, node->entries, (size_t)at * sizeof *entries);
        count = at;
        for (int i = 0; i < below.count; i++)
            entries[count++] = entry_of(below.nodes[i]);
    }
    int rest = node->count - at - taken;
    memcpy(entries + count, node->entries + at + taken, (size_t)rest * sizeof *entries);
    replace(change, node);
    return succeed(change, successors, node->is_leaf, entries, count + rest);
}

static void free_list(struct mce_index_node *node) {
    while (node) {
        struct mce_index_node *next = node->next;
        free(node);
        node = next;
    }
}

/* Makes a change of the whole tree, or none. */
static bool change_tree(struct mce_index_node **root, uintptr_t start, const struct mce_map *map, const struct entry *added,
                        struct mce_replaced_nodes *replaced) {
    struct change change = {0};
    struct successors successors = {0};
    bool done = *root ? change_node(&change, *root, start, map, added, &successors) : succeed(&change, &successors, true, added, 1);
    struct mce_index_node *node = successors.count ? successors.nodes[0] : NULL;
    if (done && successors.count == 2) {
        const struct entry halves[] = {entry_of(successors.nodes[0]), entry_of(successors.nodes[1])};
        node = make(&change, false, halves, 2);
        done = node;
    }
    if (!done) {
        free_list(change.made);
        return false;
    }
    /* A root with one child would make every search longer. */
    while (node && !node->is_leaf && node->count == 1) {
        struct mce_index_node *only = node->entries[0].child;
        replace(&change, node);
        node = only;
    }
    *root = node;
    replaced->count += change.replaced_count;
    while (change.replaced) {
        struct mce_index_node *next = change.replaced->next;
        change.replaced->next = replaced->first;
        replaced->first = change.replaced;
        change.replaced = next;
    }
    return true;
}

bool mce_index_add(struct mce_index_node **root, uintptr_t start, uintptr_t end, struct mce_map *map, struct mce_replaced_nodes *replaced) {
    const struct entry added = {.start = start, .first = map, .end = end, .child = map};
    return change_tree(root, start, map, &added, replaced);
}

bool mce_index_remove(struct mce_index_node **root, uintptr_t start, struct mce_map *map, struct mce_replaced_nodes *replaced) {
    return change_tree(root, start, map, NULL, replaced);
}

void mce_index_free(struct mce_replaced_nodes *replaced) {
    free_list(replaced->first);
    *replaced = (struct mce_replaced_nodes){0};
}

uintptr_t mce_index_visit(const struct mce_index_node *node, uintptr_t address, uintptr_t end,
                          uintptr_t (*visit)(struct mce_map *map, uintptr_t address, uintptr_t end, void *context), void *context) {
    if (!node)
        return end;
    for (int i = position(node, end, NULL) - 1; i >= 0 && node->entries[i].reach > address && end > address; i--) {
        const struct entry *entry = &node->entries[i];
        if (entry->end <= address)
            continue;
        end = node->is_leaf ? visit(entry->child, address, end, context) : mce_index_visit(entry->child, address, end, visit, context);
    }
    return end;
}
