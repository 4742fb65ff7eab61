/*
 * The poison maps. Marks are set with atomic operations on existing memory, so that the signal handler can set them. Map handles name a
 * slot and a generation, so that a handle of a destroyed map is recognised.
 */
#define _GNU_SOURCE
#include "poison_maps.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "addresses.h"
#include "map_index.h"
#include "readers.h"

#define LINE_SHIFT 6
#define PAGE_SHIFT 12
#define LINES_PER_PAGE 64
#define PAGES_PER_GROUP 64

enum {
    SLOTS_PER_CHUNK = 16384,
    CHUNKS = 16384,
    /* Words and counts of maps up to 16 MiB are in the heap: the kernel allows a process 65,530 mappings (vm.max_map_count). */
    MOST_PAGES_IN_HEAP = 4096,
    MOST_REPLACED_NODES = 256,
};

struct slot {
    _Atomic uint32_t generation; /* changes when its map is destroyed */
    uint32_t next_free;
    struct mce_map *map;
};

struct mce_gate mce_gate __attribute__((aligned(64)));

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct mce_index_node *_Atomic root;
static struct mce_replaced_nodes replaced;

/* Slots never move, so that a handle is checked without the lock. */
static struct slot *_Atomic chunks[CHUNKS];
static uint32_t slots_made, free_slot, free_slots;

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

/*
 * Marks and counts. Counts are incremented before the word is set, less what was set already, and decremented after it is cleared. So no
 * count is ever too low while others mark or clear lines that share it.
 */

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

/* Returns whether a line was not marked before. */
static bool mark_lines(const struct mce_map *map, uintptr_t page, uint64_t mask) {
    uint64_t *word = &map->lines[page - map->first_page];
    if ((__atomic_load_n(word, __ATOMIC_SEQ_CST) & mask) == mask)
        return false;
    count(map, page, 1, __builtin_popcountll(mask));
    uint64_t before = __atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST);
    if (before != 0)
        count(map, page, -1, -__builtin_popcountll(mask & before));
    return (mask & ~before) != 0;
}

static bool clear_lines(const struct mce_map *map, uintptr_t page, uint64_t mask) {
    uint64_t *word = &map->lines[page - map->first_page];
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

static void mark(const struct mce_map *map, uintptr_t from, uintptr_t to) {
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

/* The first byte of a range in a marked line of the map, or the end. The range is not empty and may reach outside the map. */
static uintptr_t first_in_map(struct mce_map *map, uintptr_t address, uintptr_t end, void *context) {
    (void)context;
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

/* All maps. */

uintptr_t mce_first_poisoned(uintptr_t address, uintptr_t end) {
    unsigned place = mce_readers_enter();
    end = mce_index_visit(atomic_load(&root), address, end, first_in_map, NULL);
    mce_readers_leave(place);
    return end;
}

static uintptr_t mark_in_map(struct mce_map *map, uintptr_t address, uintptr_t end, void *covered) {
    uintptr_t from = address > map->start ? address : map->start, to = end < map->end ? end : map->end;
    if (from < to) {
        mark(map, from, to);
        *(bool *)covered = true;
    }
    return end;
}

bool mce_mark_everywhere(uintptr_t address, size_t extent) {
    bool covered = false;
    unsigned place = mce_readers_enter();
    mce_index_visit(atomic_load(&root), address, address + extent, mark_in_map, &covered);
    mce_readers_leave(place);
    return covered;
}

/* One map. */

static struct slot *slot_at(uint32_t index) {
    struct slot *chunk = atomic_load(&chunks[index / SLOTS_PER_CHUNK % CHUNKS]);
    return chunk ? &chunk[index % SLOTS_PER_CHUNK] : NULL;
}

struct mce_map *mce_map_find(mce_map_t handle) {
    struct slot *slot = slot_at((uint32_t)handle);
    return slot && handle >> 32 != 0 && atomic_load(&slot->generation) == handle >> 32 ? slot->map : NULL;
}

/* Enters the readers if the range is one of a live map's. */
static int enter(mce_map_t handle, size_t offset, size_t length, struct mce_map **map, unsigned *place) {
    *place = mce_readers_enter();
    *map = mce_map_find(handle);
    int error = !*map ? EBADF : offset > (*map)->end - (*map)->start || length > (*map)->end - (*map)->start - offset ? ERANGE : 0;
    if (error != 0)
        mce_readers_leave(*place);
    return error;
}

int mce_map_mark(mce_map_t handle, size_t offset, size_t length) {
    struct mce_map *map;
    unsigned place;
    int error = enter(handle, offset, length, &map, &place);
    if (error != 0)
        return error;
    if (length != 0)
        mark(map, map->start + offset, map->start + offset + length);
    mce_readers_leave(place);
    return 0;
}

int mce_map_clear(mce_map_t handle, size_t offset, size_t length) {
    struct mce_map *map;
    unsigned place;
    int error = enter(handle, offset, length, &map, &place);
    if (error != 0)
        return error;
    if (length != 0)
        change_lines(map, map->start + offset, map->start + offset + length, clear_lines);
    mce_readers_leave(place);
    return 0;
}

int mce_map_first(mce_map_t handle, size_t offset, size_t length, size_t *first) {
    struct mce_map *map;
    unsigned place;
    int error = enter(handle, offset, length, &map, &place);
    if (error != 0)
        return error;
    uintptr_t address = map->start + offset;
    *first = length == 0 ? 0 : first_in_map(map, address, address + length, NULL) - address;
    mce_readers_leave(place);
    return 0;
}

static uint64_t count_lines(const struct mce_map *map) {
    uint64_t lines = 0;
    for (uintptr_t page = map->first_page; (page = next_marked_page(map, page, map->last_page)) <= map->last_page; page++)
        lines += (uint64_t)__builtin_popcountll(__atomic_load_n(&map->lines[page - map->first_page], __ATOMIC_ACQUIRE));
    return lines;
}

int mce_map_count(mce_map_t handle, uint64_t *lines) {
    struct mce_map *map;
    unsigned place;
    int error = enter(handle, 0, 0, &map, &place);
    if (error != 0)
        return error;
    *lines = count_lines(map);
    mce_readers_leave(place);
    return 0;
}

/* Creation and destruction. */

static struct mce_map *allocate(uintptr_t start, size_t length) {
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

static void release(struct mce_map *map) {
    if (map->mapped)
        munmap(map->groups, map->mapped);
    free(map);
}

/* Returns false if there is no memory. */
static bool take_slot(struct mce_map *map) {
    if (free_slots != 0) {
        map->slot = free_slot;
        free_slot = slot_at(free_slot)->next_free;
        free_slots--;
    } else {
        uint32_t chunk = slots_made / SLOTS_PER_CHUNK;
        if (chunk == CHUNKS)
            return false;
        if (slots_made % SLOTS_PER_CHUNK == 0) {
            struct slot *made = calloc(SLOTS_PER_CHUNK, sizeof *made);
            if (!made)
                return false;
            atomic_store(&chunks[chunk], made);
        }
        map->slot = slots_made++;
    }
    struct slot *slot = slot_at(map->slot);
    slot->map = map;
    if (atomic_load(&slot->generation) == 0)
        atomic_store(&slot->generation, 1);
    return true;
}

static void give_slot_back(uint32_t index) {
    slot_at(index)->next_free = free_slot;
    free_slot = index;
    free_slots++;
}

/* Lines that the map covers in part count whole. */
static uintptr_t line_start(uintptr_t address) { return address >> LINE_SHIFT << LINE_SHIFT; }
static uintptr_t line_end(uintptr_t address) { return line_start(address + (1 << LINE_SHIFT) - 1); }

static void wait_and_free(void) {
    mce_readers_wait();
    mce_index_free(&replaced);
}

int mce_map_create(const void *start, size_t length, mce_map_t *handle) {
    uintptr_t first = mce_untagged((uintptr_t)start);
    /* Without the last page, so that no end wraps around to 0. */
    const uintptr_t last = mce_untagged(UINTPTR_MAX) - ((uintptr_t)1 << PAGE_SHIFT);
    if (first == 0 || length == 0 || first > last || length > last - first)
        return EINVAL;
    struct mce_map *map = allocate(first, length);
    if (!map)
        return ENOMEM;
    pthread_mutex_lock(&lock);
    int error = 0;
    struct mce_index_node *with = atomic_load(&root);
    if (!take_slot(map)) {
        error = ENOMEM;
    } else if (!mce_index_add(&with, line_start(first), line_end(map->end), map, &replaced)) {
        give_slot_back(map->slot);
        error = ENOMEM;
    } else {
        *handle = (mce_map_t)atomic_load(&slot_at(map->slot)->generation) << 32 | map->slot;
        atomic_store(&root, with);
        if (replaced.count > MOST_REPLACED_NODES)
            wait_and_free();
    }
    pthread_mutex_unlock(&lock);
    if (error != 0)
        release(map);
    return error;
}

int mce_map_destroy(mce_map_t handle) {
    pthread_mutex_lock(&lock);
    struct mce_map *map = mce_map_find(handle);
    struct mce_index_node *without = atomic_load(&root);
    int error = !map ? EBADF : !mce_index_remove(&without, line_start(map->start), map, &replaced) ? ENOMEM : 0;
    if (error != 0) {
        pthread_mutex_unlock(&lock);
        return error;
    }
    atomic_store(&root, without);
    struct slot *slot = slot_at(map->slot);
    uint32_t generation = atomic_load(&slot->generation) + 1;
    atomic_store(&slot->generation, generation != 0 ? generation : 1);
    wait_and_free();
    /* Nobody marks the map from here on, so its counts are final. */
    uint64_t lines = 0;
    for (uintptr_t page = map->first_page; (page = next_marked_page(map, page, map->last_page)) <= map->last_page; page++) {
        count_page(page - 1, -1);
        count_page(page, -1);
        lines += (uint64_t)__builtin_popcountll(map->lines[page - map->first_page]);
    }
    __atomic_fetch_sub(&mce_gate.poisoned_lines, (int64_t)lines, __ATOMIC_SEQ_CST);
    give_slot_back(map->slot);
    pthread_mutex_unlock(&lock);
    release(map);
    return 0;
}
