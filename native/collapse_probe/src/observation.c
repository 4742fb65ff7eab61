#define _GNU_SOURCE
#include "observation.h"

#include "kernel_interface.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGEMAP_PRESENT = 63, PAGEMAP_SWAP = 62, KPF_COMPOUND_HEAD = 15, KPF_COMPOUND_TAIL = 16 };
static const uint64_t PAGEMAP_FRAME = (1ULL << 55) - 1;

static int open_of(pid_t process, const char *file) {
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/%s", process, file);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        unsupported("%s: %s", name, strerror(errno));
    return fd;
}

void read_page_table(pid_t process, const struct state *state, const struct subject *subject, uint64_t *entries) {
    int fd = open_of(process, "pagemap");
    size_t bytes = (size_t)state->mapping.count * sizeof *entries;
    off_t offset = (off_t)((uintptr_t)page_at(subject, state->mapping.first) / PAGE * sizeof *entries);
    if (pread(fd, entries + state->mapping.first, bytes, offset) != (ssize_t)bytes)
        unsupported("pagemap: %s", strerror(errno));
    close(fd);
}

void read_huge_mappings(const struct subject *subject, bool *mapped_huge) {
    int fd = open_of(getpid(), "pagemap");
    for (int i = 0; i + HUGE_PAGE_PAGES <= MOST_PAGES; i += HUGE_PAGE_PAGES) {
        struct page_region region;
        char *start = page_at(subject, i);
        struct pm_scan_arg scan = {.size = sizeof scan,
                                   .start = (uintptr_t)start,
                                   .end = (uintptr_t)start + HUGE_PAGE,
                                   .vec = (uintptr_t)&region,
                                   .vec_len = 1,
                                   .category_mask = PAGE_IS_HUGE,
                                   .return_mask = PAGE_IS_HUGE};
        int regions = ioctl(fd, PAGEMAP_SCAN, &scan);
        if (regions < 0)
            unsupported("PAGEMAP_SCAN (Linux 6.7): %s", strerror(errno));
        mapped_huge[i / HUGE_PAGE_PAGES] = regions > 0;
    }
    close(fd);
}

// Whether the frames are one huge page, however mapped: 512 consecutive frames, a head and 511 tails. -1: reading frame numbers needs root.
static int is_huge_folio(const uint64_t *entries) {
    uint64_t first = entries[0] & PAGEMAP_FRAME;
    for (int i = 0; i < HUGE_PAGE_PAGES; i++)
        if (!(entries[i] >> PAGEMAP_PRESENT & 1))
            return 0;
    if (!first)
        return -1;
    if (first % HUGE_PAGE_PAGES)
        return 0;
    uint64_t flags[HUGE_PAGE_PAGES];
    int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
    bool read = fd >= 0 && pread(fd, flags, sizeof flags, (off_t)(first * sizeof *flags)) == sizeof flags;
    close(fd);
    if (!read)
        return -1;
    for (int i = 0; i < HUGE_PAGE_PAGES; i++)
        if ((entries[i] & PAGEMAP_FRAME) != first + (uint64_t)i || !(flags[i] >> (i ? KPF_COMPOUND_TAIL : KPF_COMPOUND_HEAD) & 1))
            return 0;
    return 1;
}

static const char *entry_name(uint64_t entry) {
    return entry >> PAGEMAP_PRESENT & 1 ? "present" : entry >> PAGEMAP_SWAP & 1 ? "swap" : entry & PAGEMAP_FRAME ? "marker" : "none";
}

static const char *content_name(pid_t process, const char *address, int page) {
    static unsigned long bytes[PAGE / sizeof(unsigned long)], expected[PAGE / sizeof(unsigned long)];
    struct iovec local = {bytes, PAGE}, remote = {(void *)address, PAGE};
    if (process_vm_readv(process, &local, 1, &remote, 1, 0) != PAGE)
        return "unreadable";
    fill_pattern(expected, page, 0);
    if (!memcmp(bytes, expected, PAGE))
        return "original";
    fill_pattern(expected, page, 1);
    if (!memcmp(bytes, expected, PAGE))
        return "rewritten";
    memset(expected, 0, PAGE);
    return memcmp(bytes, expected, PAGE) ? "other" : "zero";
}

// "7 original, 1 unreadable, 504 original": runs of equal names.
static void print_runs(const char *key, const struct state *state, const char *const *names) {
    printf(", \"%s\": \"", key);
    int first = state->mapping.first, end = first + state->mapping.count;
    for (int i = first, start = first; i < end; i++)
        if (i + 1 == end || names[i + 1] != names[start]) {
            printf("%s%d %s", start == first ? "" : ", ", i + 1 - start, names[start]);
            start = i + 1;
        }
    printf("\"");
}

static void print_table(const char *key, const struct state *state, const uint64_t *entries) {
    static const char *names[MOST_PAGES + 1];
    for (int i = state->mapping.first; i < state->mapping.first + state->mapping.count; i++)
        names[i] = entry_name(entries[i]);
    print_runs(key, state, names);
}

static void print_content(const char *key, const struct state *state, pid_t process, const char *base) {
    static const char *names[MOST_PAGES + 1];
    for (int i = state->mapping.first; i < state->mapping.first + state->mapping.count; i++)
        names[i] = content_name(process, base + (long)i * PAGE, i);
    print_runs(key, state, names);
}

// The frames of the file's pages in the page cache, through a separate mapping, independent of the page table under test.
static void read_page_cache(const struct state *state, const struct subject *subject, uint64_t *entries) {
    size_t length = (size_t)state->mapping.count * PAGE;
    off_t offset = (off_t)(state->file_offset + state->mapping.first) * PAGE;
    char *window = mmap(NULL, length, PROT_READ, MAP_SHARED, subject->fd, offset);
    if (window == MAP_FAILED)
        return;
    madvise(window, length, MADV_POPULATE_READ); // fails at the end of a truncated file, after the last page
    struct subject seen = {.base = window - (long)state->mapping.first * PAGE};
    read_page_table(getpid(), state, &seen, entries);
    munmap(window, length);
}

// `folios`: the frames of the pages, to find huge pages that no PMD maps, or NULL.
static void print_huge_mappings(const char *key, const struct state *state, const bool *mapped_huge, const uint64_t *folios) {
    printf(", \"%s\": \"", key);
    int first = state->mapping.first / HUGE_PAGE_PAGES, last = (state->mapping.first + state->mapping.count - 1) / HUGE_PAGE_PAGES;
    for (int i = first; i <= last; i++) {
        int folio = folios ? is_huge_folio(folios + (size_t)i * HUGE_PAGE_PAGES) : 0;
        const char *name = mapped_huge[i] ? "huge" : folio > 0 ? "folio" : folio < 0 ? "unknown" : "small";
        printf("%s%s", i == first ? "" : ", ", name);
    }
    printf("\"");
}

void print_outcome(const struct state *state, const struct subject *subject, const struct observation *observation, pid_t caller,
                   pid_t other) {
    printf("{\"errno\": %d", observation->error);
    print_table("tableBefore", state, observation->before);
    print_table("tableAfter", state, observation->after);
    bool same = !memcmp(observation->before, observation->after, sizeof observation->before);
    printf(", \"tableUnchanged\": %s", same ? "true" : "false");
    print_content("content", state, caller, subject->base);
    if (other)
        print_content("otherContent", state, other, subject->base);
    else if (subject->also_mapped)
        print_content("otherContent", state, caller, subject->also_mapped);

    print_huge_mappings("rangesBefore", state, observation->huge_before, NULL);
    uint64_t folios[MOST_PAGES] = {0};
    if (subject->fd >= 0)
        read_page_cache(state, subject, folios);
    else
        read_page_table(caller, state, subject, folios);
    print_huge_mappings("ranges", state, observation->huge_after, folios);
    printf(", \"traced\": %s", observation->traced ? "true" : "false");
    if (*observation->trace)
        printf(", \"trace\": \"%s\"", observation->trace);
    printf("}\n");
}
