// The memory under test: built as the state says, then left to the caller of MADV_COLLAPSE.
#pragma once

#include "state.h"

struct subject {
    char *base;        // page 0: on a 2 MiB boundary
    char *also_mapped; // page 0 of the second mapping of the same file, or NULL
    int fd;            // the file behind it, or -1
    int userfaultfd;   // open while the range is registered, or -1
};

// What is missing here for this state, to standard output as {"unsupported": reason}; ends the process.
_Noreturn void unsupported(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Maps and fills: all that is there before a fork.
void build_subject(const struct state *state, struct subject *subject);

// What the process that will call MADV_COLLAPSE does to it after the fork.
void change_subject(const struct state *state, struct subject *subject);

// Gives back what outlives the process; safe to call again.
void release_subject(void);

// Ends what would stand in the way of reading: the registration with userfaultfd, PROT_NONE.
void open_subject(const struct state *state, struct subject *subject);

static inline char *page_at(const struct subject *subject, int page) { return subject->base + (long)page * PAGE; }
