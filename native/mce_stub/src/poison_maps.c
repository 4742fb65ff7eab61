/* The poison maps of the process: the public functions over the index, the handles and the marks. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "addresses.h"
#include "map_handles.h"
#include "map_index.h"
#include "poison_marks.h"
#include "readers.h"

enum { MOST_REPLACED_NODES = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct mce_index_node *_Atomic root;
static struct mce_replaced_nodes replaced;

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void after_fork(void) { pthread_mutex_unlock(&lock); }

static void in_child(void) {
    mce_readers_forget();
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void prepare_for_fork(void) { pthread_atfork(before_fork, after_fork, in_child); }

struct mce_gate *mce_gate_of_process(void) {
    return &mce_gate;
}

/* All maps. */

static uintptr_t first_in_map(struct mce_map *map, uintptr_t address, uintptr_t end, void *context) {
    (void)context;
    return mce_marks_first(map, address, end);
}

/*
 * Whether the gate alone says that a range of few pages has no poison: each of its counts covers two pages. That is cheaper than to enter
 * the readers and search the index, as long as the range has few pages.
 */
static bool is_far_from_poison(uintptr_t from, size_t length) {
    enum { MOST_PAGES = 32 };
    if (length - 1 >= MOST_PAGES * PAGE_SIZE)
        return false;
    for (uintptr_t page = from / PAGE_SIZE; page <= (from + length - 1) / PAGE_SIZE; page += 2) {
        if (__atomic_load_n(&mce_gate.poisoned_pages[(uint16_t)page], __ATOMIC_ACQUIRE) != 0)
            return false;
    }
    return true;
}

uintptr_t mce_first_poisoned(uintptr_t address, uintptr_t end) {
    uintptr_t from = mce_untagged(address);
    if (is_far_from_poison(from, end - address))
        return end;
    unsigned place = mce_readers_enter();
    uintptr_t first = mce_index_visit(atomic_load(&root), from, from + (end - address), first_in_map, NULL);
    mce_readers_leave(place);
    return address + (first - from);
}

static uintptr_t mark_in_map(struct mce_map *map, uintptr_t address, uintptr_t end, void *covered) {
    uintptr_t from = address > map->start ? address : map->start, to = end < map->end ? end : map->end;
    if (from < to) {
        mce_marks_set(map, from, to);
        *(bool *)covered = true;
    }
    return end;
}

bool mce_mark_everywhere(uintptr_t address, size_t extent) {
    uintptr_t from = mce_untagged(address);
    bool covered = false;
    unsigned place = mce_readers_enter();
    mce_index_visit(atomic_load(&root), from, from + extent, mark_in_map, &covered);
    mce_readers_leave(place);
    return covered;
}

/* One map. */

/* Enters the readers if the range is one of a live map's. */
static int enter(mce_map_t handle, size_t offset, size_t length, struct mce_map **map, unsigned *place) {
    *place = mce_readers_enter();
    *map = mce_map_find(handle);
    int error = !*map ? EBADF : offset > (*map)->end - (*map)->start || length > (*map)->end - (*map)->start - offset ? ERANGE : 0;
    if (error != 0)
        mce_readers_leave(*place);
    return error;
}

static int change(mce_map_t handle, size_t offset, size_t length, void (*marks)(const struct mce_map *, uintptr_t from, uintptr_t to)) {
    struct mce_map *map;
    unsigned place;
    int error = enter(handle, offset, length, &map, &place);
    if (error != 0)
        return error;
    if (length != 0)
        marks(map, map->start + offset, map->start + offset + length);
    mce_readers_leave(place);
    return 0;
}

int mce_map_mark(mce_map_t map, size_t offset, size_t length) { return change(map, offset, length, mce_marks_set); }

int mce_map_clear(mce_map_t map, size_t offset, size_t length) { return change(map, offset, length, mce_marks_clear); }

int mce_map_first(mce_map_t handle, size_t offset, size_t length, size_t *first) {
    struct mce_map *map;
    unsigned place;
    int error = first ? enter(handle, offset, length, &map, &place) : EINVAL;
    if (error != 0)
        return error;
    uintptr_t address = map->start + offset;
    *first = mce_marks_first(map, address, address + length) - address;
    mce_readers_leave(place);
    return 0;
}

int mce_map_count(mce_map_t handle, uint64_t *lines) {
    struct mce_map *map;
    unsigned place;
    int error = lines ? enter(handle, 0, 0, &map, &place) : EINVAL;
    if (error != 0)
        return error;
    *lines = mce_marks_count(map);
    mce_readers_leave(place);
    return 0;
}

/* Creation and destruction. */

/* Lines that the map covers in part count whole. */
static uintptr_t line_start(uintptr_t address) { return address & ~(LINE_SIZE - 1); }
static uintptr_t line_end(uintptr_t address) { return line_start(address + LINE_SIZE - 1); }

static void wait_and_free(void) {
    mce_readers_wait();
    mce_index_free(&replaced);
}

int mce_map_create(const void *start, size_t length, mce_map_t *handle) {
    uintptr_t first = mce_untagged((uintptr_t)start);
    /* Without the last page, so that no end wraps around to 0. */
    const uintptr_t last = mce_untagged(UINTPTR_MAX) - PAGE_SIZE;
    if (!handle || first == 0 || length == 0 || first > last || length > last - first)
        return EINVAL;
    struct mce_map *map = mce_marks_allocate(first, length);
    if (!map)
        return ENOMEM;
    pthread_mutex_lock(&lock);
    struct mce_index_node *with = atomic_load(&root);
    mce_map_t reserved = mce_handle_reserve();
    bool added = reserved && mce_index_add(&with, line_start(first), line_end(map->end), map, &replaced);
    if (added) {
        *handle = reserved;
        mce_handle_set(reserved, map);
        atomic_store(&root, with);
        if (replaced.count > MOST_REPLACED_NODES)
            wait_and_free();
    } else if (reserved) {
        mce_handle_release(reserved);
    }
    pthread_mutex_unlock(&lock);
    if (!added)
        mce_marks_retire(map);
    return added ? 0 : ENOMEM;
}

int mce_map_destroy(mce_map_t handle) {
    pthread_mutex_lock(&lock);
    struct mce_map *map = mce_map_find(handle);
    struct mce_index_node *without = atomic_load(&root);
    int error = !map ? EBADF : !mce_index_remove(&without, line_start(map->start), map, &replaced) ? ENOMEM : 0;
    if (error == 0) {
        atomic_store(&root, without);
        mce_handle_end(handle);
        wait_and_free();
        /* Nobody marks the map from here on, so its counts are final. */
        mce_marks_retire(map);
        mce_handle_release(handle);
    }
    pthread_mutex_unlock(&lock);
    return error;
}
