#define _GNU_SOURCE
#include "scenario.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

const unsigned char *lost;

void prepare(void) { lost = truncated(PAGE, 64 * PAGE) + PAGE - 100; }

bool recovers(void) {
    unsigned char out[300];
    struct mce_fault fault;
    if (!lost)
        prepare();
    memset(out, 0xee, sizeof out);
    return mce_copy(out, lost, sizeof out, &fault) == sizeof out - 100 && memcmp(out, lost, 100) == 0 &&
           all(out + 100, sizeof out - 100, 0xee);
}

int position(void) {
    struct mce_handler_state state;
    REQUIRE(mce_handler_state(SIGBUS, &state) == 0);
    return state.position;
}

void forbid_return(void) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(UNAVAILABLE);
}

void check_scenario(void (*f)(void), int expected, const char *promise) {
    int outcome = outcome_of(f);
    if (outcome == UNAVAILABLE)
        printf("%s: skipped, this kernel or CPU lacks it\n", promise);
    else
        CHECK(outcome == expected, "%s: %d", promise, outcome);
}
