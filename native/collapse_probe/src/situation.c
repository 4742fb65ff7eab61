// collapse_probe <SITUATIONS: reads situations from standard input; prints the name of each, and a line with the answer of each operation.
// A situation is a list of system calls and memory accesses; docs/collapse-kernel.md describes the format.
#define _GNU_SOURCE
#include "accesses.h"
#include "answer.h"
#include "kernel_interface.h"
#include "memory_cgroup.h"
#include "process.h"
#include "thp_settings.h"
#include "trace.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_PROCESSES = 6, MOST_OPERATIONS = 512, MOST_SECONDS = 60 };

static char *operations[MOST_OPERATIONS];
static int count;

// "1: madvise ..." is an operation of process 1; without a number it is one of process 0.
static int process_of(char **operation) {
    char *end;
    long number = strtol(*operation, &end, 10);
    if (end == *operation || *end != ':')
        return 0;
    *operation = end + 1 + strspn(end + 1, " ");
    return number >= 0 && number < MOST_PROCESSES ? (int)number : -1;
}

static void run(void) {
    // A process that hangs ends its situation, but not the program.
    alarm(MOST_SECONDS);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int ends[MOST_PROCESSES][2];
    for (int i = 0; i < MOST_PROCESSES; i++)
        if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends[i]) != 0)
            exit(1);
    int processes = 1;
    start_process(ends, 0);
    for (int i = 0; i < count; i++) {
        char *operation = operations[i], answer[MOST_ANSWER];
        int process = process_of(&operation);
        if (process < 0 || process >= processes) {
            printf("no such process\n");
            continue;
        }
        struct request request = {.number = (unsigned long)i + 1, .child = processes};
        snprintf(request.text, sizeof request.text, "%s", operation);
        ssize_t received = -1;
        if (send(ends[process][0], &request, sizeof request, MSG_NOSIGNAL) == sizeof request)
            received = recv(ends[process][0], answer, sizeof answer - 1, 0);
        if (received <= 0) {
            printf("process died\n");
            break;
        }
        answer[received] = 0;
        if (!strcmp(operation, "fork") && !strcmp(answer, "ok"))
            processes++;
        printf("%s\n", answer);
        fflush(stdout);
    }
    // The remaining processes are killed with their parent, or here.
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    // Not exit: it would move the position in standard input back, which the processes share.
    fflush(stdout);
    _exit(0);
}

static void run_apart(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setpgid(0, 0);
        signal(SIGTERM, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        run();
    }
    int status;
    waitpid(child, &status, 0);
    kill(-child, SIGKILL);
    while (waitpid(-child, NULL, 0) > 0)
        continue;
    remove_memory_cgroup();
    restore_thp_settings(false);
    if (WIFSIGNALED(status))
        printf("situation killed by signal %d\n", WTERMSIG(status));
}

int main(void) {
    // Runs on one processor, because reclaim does not find pages that are queued for the LRU on another one.
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
    open_trace();
    read_thp_settings();
    char *line = NULL;
    size_t size = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    bool begun = false;
    for (;;) {
        ssize_t length = getline(&line, &size, stdin);
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = 0;
        if (length < 0 || *line == '[') {
            if (begun)
                run_apart();
            while (count > 0)
                free(operations[--count]);
            if (length < 0)
                break;
            printf("%s\n", line);
            begun = true;
        } else if (*line && count < MOST_OPERATIONS) {
            operations[count++] = strdup(line);
        }
    }
    free(line);
    close_trace();
    restore_thp_settings(true);
    return 0;
}
