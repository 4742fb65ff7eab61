// collapse_probe KEY=VALUE...: builds one state of memory, calls MADV_COLLAPSE on it, and prints one line of JSON: the errno,
// the page table before and after, the 2 MiB ranges that are huge, the content of every page, and, if requested and available, the
// tracepoints of the call. Prints {"unsupported": reason} if this system lacks something. Exit status 2: invalid arguments.
#define _GNU_SOURCE
#include "kernel_interface.h"
#include "observation.h"
#include "situation.h"
#include "trace.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void collapse(const struct state *state, struct subject *subject, struct observation *observation) {
    change_subject(state, subject);
    read_page_table(getpid(), state, subject, observation->before);
    read_huge_mappings(subject, observation->huge_before);
    observation->traced = state->traced && start_trace();
    int result = madvise(page_at(subject, state->call.first), (size_t)state->call.count * PAGE, MADV_COLLAPSE);
    observation->error = result == 0 ? 0 : errno;
    stop_trace(observation->trace, sizeof observation->trace);
    read_page_table(getpid(), state, subject, observation->after);
    read_huge_mappings(subject, observation->huge_after);
    open_subject(state, subject);
}

int main(int count, char **arguments) {
    if (count == 2 && !strcmp(arguments[1], "situations"))
        return run_situations();
    static struct state state;
    struct subject subject;
    parse_state(count - 1, arguments + 1, &state);
    if (sysconf(_SC_PAGESIZE) != PAGE)
        unsupported("pages here are not of 4 KiB");
    struct observation *observation = mmap(NULL, sizeof *observation, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (observation == MAP_FAILED)
        unsupported("mmap");
    build_subject(&state, &subject);

    int done[2];
    pid_t parent = getpid(), child = 0;
    if (state.fork != NO_FORK) {
        if (pipe(done) != 0 || (child = fork()) < 0)
            unsupported("fork");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (state.fork == CHILD_CALLS) {
                collapse(&state, &subject, observation);
                if (write(done[1], "", 1) != 1)
                    _exit(1);
            }
            for (;;)
                pause();
        }
        close(done[1]);
    }

    if (state.fork == CHILD_CALLS) {
        char byte;
        if (read(done[0], &byte, 1) != 1) { // the child has said what is missing
            waitpid(child, NULL, 0);
            return 0;
        }
        print_outcome(&state, &subject, observation, child, parent);
    } else {
        collapse(&state, &subject, observation);
        print_outcome(&state, &subject, observation, parent, child);
    }
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    release_subject();
    return 0;
}
