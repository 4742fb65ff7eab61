// One state of memory for MADV_COLLAPSE, as the command line describes it. Pages are counted from a 2 MiB boundary, which is page 0; the
// mapping, the call and every run of pages use those numbers.
#pragma once

#include <stdbool.h>

enum { PAGE = 4096, HUGE_PAGE_PAGES = 512, HUGE_PAGE = PAGE * HUGE_PAGE_PAGES, MOST_PAGES = 8 * HUGE_PAGE_PAGES };

enum memory { ANONYMOUS, SHARED_MEMFD, PRIVATE_MEMFD, DISK, READ_ONLY_DISK, HUGETLB, SECRET };

enum page_state {
    ABSENT,
    PRESENT,
    CACHED,
    ZERO_PAGE,
    DROPPED,
    LAZYFREE,
    SWAPPED,
    POISONED,
    GUARDED,
    WRITE_PROTECTED,
    PUNCHED,
    HUGE_MAPPED,
    HUGE_CACHED,
    HUGE_ZERO_PAGE,
    COMPOUND,
    COMPOUND_HEAD,
    HW_POISONED
};

enum advice { NO_ADVICE, ADVISE_HUGE, ADVISE_NO_HUGE };
enum protection { READ_WRITE, READ_ONLY, NONE };
enum registration { UNREGISTERED, REGISTERED_MISSING, REGISTERED_WRITE_PROTECT };
enum fork_caller { NO_FORK, PARENT_CALLS, CHILD_CALLS };

struct run {
    int first, count;
};

struct state {
    enum memory memory;
    struct run mapping, call;
    struct run gap, rewritten, pinned, also_mapped, locked; // count 0: none
    int file_offset;                                        // the page of the file at page 0
    int file_pages;                                         // final length of the file in pages, from page 0; -1: the mapped length
    enum advice advice;
    enum protection protection;
    enum registration registration;
    enum fork_caller fork;
    bool thp_disabled;  // prctl(PR_SET_THP_DISABLE)
    bool traced;        // tracepoints are requested
    bool charge_denied; // the memory cgroup has no room for a huge page
    unsigned char pages[MOST_PAGES];
};

// Reads the arguments; an invalid one ends the process with a line on standard error and exit status 2.
void parse_state(int count, char **arguments, struct state *state);

bool has_page(const struct state *state, enum page_state page);

// The content of a page: `generation` 0 as first written, 1 as written again after the fork (or into a private copy).
void fill_pattern(unsigned long *words, int page, int generation);
