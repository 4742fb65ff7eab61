/*
 * Tests the stub's contract from C: every kernel, every fault that an unprivileged process can cause, on both sides, and the memory that a
 * copy must not touch. Prints a line per failed check, and "N passed, N failed" at the end.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static void everything_about_signals(void) {
    signals();
    handlers_over_ours();
    handlers_that_leave();
    previous_handler();
    shared_process();
#ifdef __x86_64__
    jump();
    jump_state();
#endif
    if (!emulated) {
        at_every_instruction();
        stress(repetitions(100000));
    }
}

/* main VECTORS [emulated], main signals, main tuning, or main stress COPIES */
int main(int count, char **arguments) {
    if (count == 2 && !strcmp(arguments[1], "tuning")) {
        print_tuning();
        return 0;
    }
    emulated = count > 2 && !strcmp(arguments[2], "emulated");
    CHECK(mce_abi_version() == MCE_ABI_VERSION, "ABI version");
    CHECK(mce_enable(SIGBUS) == 0 && mce_enable(SIGSEGV) == 0, "enable");
    if (count > 2 && !strcmp(arguments[1], "stress")) {
        stress(atol(arguments[2]));
        printf("%d passed, %d failed\n", passed, failed);
        return failed != 0;
    }
    /* In a guest. */
    in_guest = count == 2 && !strcmp(arguments[1], "signals");
    if (in_guest) {
        everything_about_signals();
        printf("C: %d passed, %d failed, 0 skipped\n", passed, failed);
        return failed != 0;
    }
    cpu_table();
    tuning();
    tuning_profile();
#ifdef __aarch64__
    landing_pads();
#endif
    copies();
    contract();
    everything_about_signals();
    reports();
    poison_maps();
    maps_at_random();
    maps_in_parallel();
    if (count > 1)
        vectors(arguments[1]);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
