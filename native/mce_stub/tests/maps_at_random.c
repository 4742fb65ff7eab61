/* Compares many maps, which change at random, with a model: an array of lines for each map. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

enum {
    MAPS = 1500,  /* the index has three levels */
    PAGES = 1100, /* the counts of 64 pages fill more than two words */
    LINE = 64,
};
#define REGION_START ((uintptr_t)0x4fe00000 + 7 * PAGE) /* the numbers of its pages pass a multiple of 65536 */
#define REGION_END (REGION_START + PAGES * PAGE)

struct model {
    mce_map_t handle;
    uintptr_t start, end;
    bool *marked; /* by line, from the line of start */
};

static struct model maps[MAPS];
static int live;
static uint16_t marks_of_line[PAGES * PAGE / LINE]; /* by line of the region: the maps that mark it */
static int64_t total_marks;
static uint64_t state;

static size_t below(size_t limit) { return limit ? next_random(&state) % limit : 0; }

/* Short ones are as frequent as long ones. */
static size_t some_length(size_t most) {
    size_t length = 1 + below((size_t)1 << below(23));
    return length < most ? length : most;
}

static uintptr_t line_of(uintptr_t address) { return address / LINE; }
static uint16_t *marks_at(uintptr_t line) { return &marks_of_line[line - line_of(REGION_START)]; }

static bool set(struct model *map, uintptr_t from, uintptr_t to, bool value) {
    bool changed = false;
    for (uintptr_t line = line_of(from); from < to && line <= line_of(to - 1); line++) {
        bool *marked = &map->marked[line - line_of(map->start)];
        if (*marked != value) {
            *marks_at(line) += value ? 1 : -1;
            *marked = value;
            changed = true;
        }
    }
    return changed;
}

static void create(void) {
    struct model *map = &maps[live++];
    map->start = REGION_START + below(PAGES * PAGE);
    map->end = map->start + some_length(REGION_END - map->start);
    map->marked = calloc(line_of(map->end - 1) - line_of(map->start) + 1, 1);
    map->handle = map_over(map->start, map->end - map->start);
}

static void destroy(void) {
    struct model *map = &maps[below((size_t)live)];
    CHECK(mce_map_destroy(map->handle) == 0, "destroy");
    set(map, map->start, map->end, false);
    free(map->marked);
    *map = maps[--live];
}

static void change(struct model *map, bool value) {
    size_t offset = below(map->end - map->start + 1), length = below(10) ? some_length(map->end - map->start - offset) : 0;
    CHECK((value ? mce_map_mark : mce_map_clear)(map->handle, offset, length) == 0, "change");
    total_marks += set(map, map->start + offset, map->start + offset + length, value) && value;
}

static void mark_everywhere(void) {
    uintptr_t from = REGION_START + below(PAGES * PAGE), to = from + some_length(REGION_END - from);
    bool covered = false;
    for (int i = 0; i < live; i++) {
        uintptr_t first = from > maps[i].start ? from : maps[i].start, end = to < maps[i].end ? to : maps[i].end;
        covered |= first < end;
        total_marks += set(&maps[i], first, end, true);
    }
    CHECK(mce_mark_everywhere(from, to - from) == covered, "a report is covered or not");
}

static void look_up_in(const struct model *map) {
    size_t offset = below(map->end - map->start + 1), length = below(map->end - map->start - offset + 1), first = 0, expected = length;
    uint64_t lines = 0;
    for (uintptr_t at = map->start + offset, end = at + length; at < end; at = (line_of(at) + 1) * LINE) {
        if (map->marked[line_of(at) - line_of(map->start)]) {
            expected = at - map->start - offset;
            break;
        }
    }
    CHECK(mce_map_first(map->handle, offset, length, &first) == 0 && first == expected, "the first line of a map: %zu, not %zu", first,
          expected);
    for (uintptr_t line = line_of(map->start); line <= line_of(map->end - 1); line++)
        lines += map->marked[line - line_of(map->start)];
    CHECK(lines_of(map->handle) == lines, "%d lines of a map, not %d", (int)lines_of(map->handle), (int)lines);
}

static void look_up(void) {
    uintptr_t from = REGION_START + below(PAGES * PAGE), to = from + some_length(REGION_END - from), expected = to;
    for (uintptr_t at = from; at < to; at = (line_of(at) + 1) * LINE) {
        if (*marks_at(line_of(at))) {
            expected = at;
            break;
        }
    }
    uintptr_t first = mce_first_poisoned(from, to);
    CHECK(first == expected, "the first line of all maps in %zu bytes: %zu, not %zu", to - from, first - from, expected - from);
}

static void compare_gate(void) {
    static uint16_t pages[65536];
    memset(pages, 0, sizeof pages);
    int64_t lines = 0;
    for (int i = 0; i < live; i++) {
        uintptr_t counted = 0;
        for (uintptr_t line = line_of(maps[i].start); line <= line_of(maps[i].end - 1); line++) {
            if (!maps[i].marked[line - line_of(maps[i].start)])
                continue;
            lines++;
            uintptr_t page = line * LINE / PAGE;
            if (page != counted) {
                pages[(uint16_t)page]++;
                pages[(uint16_t)(page - 1)]++;
                counted = page;
            }
        }
    }
    const struct mce_gate *gate = mce_gate_of_process();
    CHECK(gate->poisoned_lines == lines && gate->marks == total_marks, "%ld lines and %ld marks, not %ld and %ld",
          (long)gate->poisoned_lines, (long)gate->marks, (long)lines, (long)total_marks);
    CHECK(!memcmp(gate->poisoned_pages, pages, sizeof pages), "the counts of pages differ");
}

void maps_at_random(void) {
    state = 20261127;
    total_marks = mce_gate_of_process()->marks;
    long before = allocated;
    const int steps = emulated ? 12000 : 60000;
    for (int step = 0; step < steps || live > 0; step++) {
        /* Grows, shrinks, grows again; empty at the end. */
        bool grows = step < steps && step / (2 * MAPS) % 2 == 0;
        if (below(4) ? grows : !grows)
            live < MAPS ? create() : destroy();
        else if (live > 0)
            destroy();
        for (int i = 0; i < 3 && live > 0; i++) {
            change(&maps[below((size_t)live)], below(3) != 0);
            look_up_in(&maps[below((size_t)live)]);
            look_up();
        }
        if (step % 200 == 0) {
            mark_everywhere();
            compare_gate();
        }
    }
    CHECK(allocated == before, "%ld allocations are left", allocated - before);
    gate_is_clear("random changes");
}
