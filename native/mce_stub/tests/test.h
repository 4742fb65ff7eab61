/* What the tests of the stub's contract share: checks, kernels, memory that ends where a file does, children. */
#ifndef MCE_TEST_H
#define MCE_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mce_stub.h"

#define PAGE 4096ul

extern int passed, failed;

#define CHECK(condition, ...)                                                                                                              \
    do {                                                                                                                                   \
        if (condition) {                                                                                                                   \
            passed++;                                                                                                                      \
        } else if (failed++ < 20) {                                                                                                        \
            printf("%s:%d: ", __func__, __LINE__);                                                                                         \
            printf(__VA_ARGS__);                                                                                                           \
            puts("");                                                                                                                      \
        }                                                                                                                                  \
    } while (0)

struct kernel {
    const char *name;
    mce_copy_fn *copy;
    uint32_t needs;
};
extern const struct kernel kernels[];
extern const size_t kernel_count;

/* User-mode emulation ends at a SIGBUS that was forged, and does not restart system calls. */
extern bool emulated;

/* length bytes of pattern, then pages that raise SIGBUS: the file ends there. */
unsigned char *truncated(size_t length, size_t beyond);
unsigned char *anonymous(size_t length);

bool all(const unsigned char *p, size_t n, unsigned char value);

/* How a child ended that ran f and then left with 0: its exit code, or minus the signal that killed it. */
int outcome_of(void (*f)(void));

void copies(void);
void signals(void);
void reports(void);

#endif
