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
    unsigned long operation; // what is stored; 0: loads
    long first_page;
    unsigned char outcomes[MOST_ACCESSES];
    struct stamp first[MOST_ACCESSES], last[MOST_ACCESSES];
};

// Makes the accesses page by page. `userfaultfd`: read for the events of accesses that wait, which are interrupted; -1: none.
void run_accesses(struct accesses *accesses, int userfaultfd);
