#define _GNU_SOURCE
#include "observation.h"

#include "kernel_interface.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void show_table(struct range range) {
    static uint64_t entries[MOST_PAGES];
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    ssize_t bytes = (ssize_t)((size_t)range.count * sizeof *entries);
    if (pread(fd, entries, (size_t)bytes, (off_t)((uintptr_t)range.start / PAGE_BYTES * sizeof *entries)) != bytes)
        say("unsupported: pagemap");
    close(fd);
    int run = 0;
    const char *previous = "";
    for (long i = 0; i <= range.count; i++) {
        const char *name = i == range.count ? "" : entries[i] >> 63 & 1 ? "present" : entries[i] >> 62 & 1 ? "swap" : "none";
        if (run && strcmp(name, previous)) {
            say_run(run, previous);
            run = 0;
        }
        previous = name;
        run++;
    }
}

// Whether the frames are one huge page, mapped by a PMD or by PTEs: 512 consecutive frames, a head and 511 tails.
static const char *folio_name(const uint64_t *entries) {
    enum { COMPOUND_HEAD = 15, COMPOUND_TAIL = 16 };
    const uint64_t frame_bits = (1ULL << 55) - 1;
    uint64_t first = entries[0] & frame_bits, flags[HUGE_PAGES];
    for (int i = 0; i < HUGE_PAGES; i++)
        if (!(entries[i] >> 63 & 1))
            return "small";
    int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
    bool read = first && fd >= 0 && pread(fd, flags, sizeof flags, (off_t)(first * sizeof *flags)) == sizeof flags;
    close(fd);
    // The kernel shows the numbers of frames only to root.
    if (!read)
        return "unknown";
    for (int i = 0; i < HUGE_PAGES; i++)
        if ((entries[i] & frame_bits) != first + (uint64_t)i || !(flags[i] >> (i ? COMPOUND_TAIL : COMPOUND_HEAD) & 1))
            return "small";
    return "huge";
}

static bool read_entries(const char *start, uint64_t *entries) {
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    ssize_t bytes = HUGE_PAGES * sizeof *entries;
    bool read = pread(fd, entries, (size_t)bytes, (off_t)((uintptr_t)start / PAGE_BYTES * sizeof *entries)) == bytes;
    close(fd);
    return read;
}

// Before PAGEMAP_SCAN (Linux 6.7) only smaps shows how much of an area PMDs map, without the huge zero page and PROT_NONE.
static const char *huge_by_smaps(const char *start) {
    const unsigned long bytes = (unsigned long)HUGE_PAGES * PAGE_BYTES, wanted = (unsigned long)start;
    FILE *smaps = fopen("/proc/self/smaps", "re");
    char line[512];
    unsigned long first = 0, end = 0, kilobytes, huge = 0, whole = 0;
    while (smaps && fgets(line, sizeof line, smaps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            first = from, end = to;
        if (first > wanted || wanted + bytes > end)
            continue;
        whole = end / bytes - (first + bytes - 1) / bytes;
        if (sscanf(line, "AnonHugePages: %lu", &kilobytes) == 1 || sscanf(line, "ShmemPmdMapped: %lu", &kilobytes) == 1)
            huge += kilobytes * 1024 / bytes;
    }
    if (smaps)
        fclose(smaps);
    uint64_t entries[HUGE_PAGES];
    bool hidden = huge == 0 && read_entries(start, entries) && strcmp(folio_name(entries), "small") != 0;
    return whole == 0 || (huge == 0 && !hidden) ? "small" : huge == whole ? "huge" : "unknown";
}

void show_huge(struct range range) {
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    for (long first = range.first / HUGE_PAGES * HUGE_PAGES; first < range.first + range.count; first += HUGE_PAGES) {
        struct page_region region;
        char *start = memory + first * PAGE_BYTES;
        struct pm_scan_arg scan = {.size = sizeof scan,
                                   .start = (uintptr_t)start,
                                   .end = (uintptr_t)start + (size_t)HUGE_PAGES * PAGE_BYTES,
                                   .vec = (uintptr_t)&region,
                                   .vec_len = 1,
                                   .category_mask = PAGE_IS_HUGE,
                                   .return_mask = PAGE_IS_HUGE};
        int regions = ioctl(fd, PAGEMAP_SCAN, &scan);
        say("%s%s", *answer ? ", " : "", regions < 0 ? huge_by_smaps(start) : regions > 0 ? "huge" : "small");
    }
    close(fd);
}

// Reads the frames of the file's pages through a temporary mapping, only if all are in the page cache, so that no hole is filled.
static bool read_cached_entries(int file, long first, uint64_t *entries) {
    size_t length = (size_t)HUGE_PAGES * PAGE_BYTES;
    unsigned char resident[HUGE_PAGES];
    char *window = mmap(NULL, length, PROT_READ, MAP_SHARED, file, (off_t)first * PAGE_BYTES);
    if (window == MAP_FAILED)
        return false;
    bool cached = mincore(window, length, resident) == 0;
    for (int i = 0; cached && i < HUGE_PAGES; i++)
        cached = resident[i] & 1;
    bool read = cached && madvise(window, length, MADV_POPULATE_READ) == 0 && read_entries(window, entries);
    munmap(window, length);
    return read;
}

void show_folios(struct range range, int file) {
    for (long first = range.first / HUGE_PAGES * HUGE_PAGES; first < range.first + range.count; first += HUGE_PAGES) {
        uint64_t entries[HUGE_PAGES];
        bool read = file >= 0 ? read_cached_entries(file, first, entries) : read_entries(memory + first * PAGE_BYTES, entries);
        say("%s%s", *answer ? ", " : "", read ? folio_name(entries) : "small");
    }
}

void show_areas(void) {
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512], permissions[8];
    unsigned long start, end;
    while (maps && fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %4s", &start, &end, permissions) == 3 && start >= (unsigned long)memory &&
            start < (unsigned long)memory + (1UL << 30))
            say("%s%ld+%ld %s", *answer ? ", " : "", (long)(start - (unsigned long)memory) / PAGE_BYTES, (long)(end - start) / PAGE_BYTES,
                permissions);
    if (maps)
        fclose(maps);
    if (!*answer)
        say("none");
}
