/* For scenarios that run in a child process, whose exit code says how they ended. */
#ifndef MCE_SCENARIO_H
#define MCE_SCENARIO_H

#include <stdio.h>
#include <unistd.h>

#include "test.h"

enum { BROKEN = 90, PREVIOUS_CALLED = 91, UNAVAILABLE = 92 };

#define REQUIRE(condition)                                                                                                                 \
    do {                                                                                                                                   \
        if (!(condition)) {                                                                                                                \
            printf("%s:%d: failed: %s\n", __func__, __LINE__, #condition);                                                                 \
            fflush(stdout);                                                                                                                \
            _exit(BROKEN);                                                                                                                 \
        }                                                                                                                                  \
    } while (0)

/* 100 readable bytes, then lost memory. To be prepared before a handler copies from there. */
extern const unsigned char *lost;
void prepare(void);

/* Whether a copy from there returns the right count, and leaves the bytes after the prefix alone. For any thread and handler. */
bool recovers(void);

int position(void);

/* From now on, the kernel kills the process at rt_sigreturn. */
void forbid_return(void);

/* Runs a scenario in a child, and checks its outcome. A scenario that exits with UNAVAILABLE is skipped. */
void check_scenario(void (*f)(void), int expected, const char *promise);

#endif
