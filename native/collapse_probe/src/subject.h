// The memory under test, built from the state for the caller of MADV_COLLAPSE.
#pragma once

#include "state.h"

struct subject {
    char *base;        // page 0: on a 2 MiB boundary
    char *also_mapped; // page 0 of the second mapping of the same file, or NULL
    int fd;            // the file behind it, or -1
    int userfaultfd;   // open while the range is registered, or -1
};

// Prints {"unsupported": reason} to standard output and ends the process.
_Noreturn void unsupported(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Maps and fills everything that exists before a fork.
void build_subject(const struct state *state, struct subject *subject);

// Does what the process that will call MADV_COLLAPSE does after the fork.
void change_subject(const struct state *state, struct subject *subject);

// Frees what outlives the process. Safe to call again.
void release_subject(void);

// Removes what would prevent reads: the registration with userfaultfd, PROT_NONE.
void open_subject(const struct state *state, struct subject *subject);

static inline char *page_at(const struct subject *subject, int page) { return subject->base + (long)page * PAGE; }
