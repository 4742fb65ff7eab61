// Loads and stores that may fault, or wait in userfaultfd.
#pragma once

#include <stddef.h>

enum { MOST_ACCESSES = 4096 };

enum outcome { ACCESS_DONE, ACCESS_SIGBUS, ACCESS_SIGSEGV, ACCESS_WAITS };

struct stamp {
    unsigned long operation; // the number of the operation that wrote the page, 0: none
    unsigned long page;      // the page that it was written to
};

struct accesses {
    char *start;
    int count;
    unsigned long operation; // the number to store; 0: loads
    long first_page;
    unsigned char outcomes[MOST_ACCESSES];
    struct stamp first[MOST_ACCESSES], last[MOST_ACCESSES];
};

// Accesses page by page. Reads the events of accesses that wait from `userfaultfd` (-1: none) and interrupts them.
void run_accesses(struct accesses *accesses, int userfaultfd);
