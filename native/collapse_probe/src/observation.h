// The outcome, observed from outside: from the page table, and by reads that do not fault.
#pragma once

#include "subject.h"

#include <stdint.h>
#include <sys/types.h>

struct observation {
    int error; // errno of madvise; 0 for success
    uint64_t before[MOST_PAGES], after[MOST_PAGES];
    bool huge_before[MOST_PAGES / HUGE_PAGE_PAGES], huge_after[MOST_PAGES / HUGE_PAGE_PAGES];
    bool traced;      // whether tracepoints are available
    char trace[4096]; // the tracepoints
};

// The entries of /proc/PID/pagemap for the pages that are mapped in the state.
void read_page_table(pid_t process, const struct state *state, const struct subject *subject, uint64_t *entries);

// The 2 MiB ranges that a huge PMD maps.
void read_huge_mappings(const struct subject *subject, bool *mapped_huge);

// The whole outcome as one line of JSON. `other`: the process on the other side of the fork, 0 if there is none.
void print_outcome(const struct state *state, const struct subject *subject, const struct observation *observation, pid_t caller,
                   pid_t other);
