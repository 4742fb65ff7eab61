/* Shared by the tests of the stub: checks, kernels, memory beyond the end of a file, child processes. */
#ifndef MCE_TEST_H
#define MCE_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mce_stub.h"

#define PAGE 4096ul

extern _Atomic int passed, failed;

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
    bool is_checked; /* with the checks of the contract: honours poison maps */
};
extern const struct kernel kernels[];
extern const size_t kernel_count;

/* Whether this runs under user-mode emulation, which a forged SIGBUS kills and which does not restart system calls. */
extern bool emulated;

/* How often something is repeated: a tenth in a guest, whose CPU is emulated. */
extern bool in_guest;
int repetitions(int on_a_machine);

/* Maps length bytes of pattern, then pages that raise SIGBUS because the file ends there. */
unsigned char *truncated(size_t length, size_t beyond);
unsigned char *anonymous(size_t length);

bool all(const unsigned char *p, size_t n, unsigned char value);

/* The number of live allocations and mappings, and how many more this thread can make; -1 for no limit. */
extern _Atomic long allocated;
extern _Thread_local int allocations_left;

/* Whether this thread's mappings end at a page that nobody may touch. munmap leaves it. */
extern _Thread_local bool guards_mappings;

mce_map_t map_over(uintptr_t start, size_t length);
uint64_t lines_of(mce_map_t map);

/* Checks that the gate counts no poisoned lines and pages, as after the last map. */
void gate_is_clear(const char *after);

/* A pseudo-random number; the state is not 0. */
uint64_t next_random(uint64_t *state);

/* Runs f in a child, which then exits with 0. Returns its exit code, or minus the signal that killed it. */
int outcome_of(void (*f)(void));

void cpu_table(void);
void tuning(void);
void print_tuning(void);
void tuning_profile(void);
void landing_pads(void);
void copies(void);
void contract(void);
void signals(void);
void handlers_over_ours(void);
void handlers_that_leave(void);
void previous_handler(void);
void at_every_instruction(void);
void shared_process(void);
void stress(long copies);
void jump(void);
void jump_state(void);
void reports(void);
void poison_maps(void);
void maps_at_random(void);
void maps_in_parallel(void);
void vectors(const char *path);

#endif
