/* The contract of copymc.h. Without an argument all groups; with one, a scenario in a process of its own. Ends with "N passed, N failed".
 */
#define _GNU_SOURCE
#include "test.h"
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int passed, failed;

bool check(bool condition, const char *text, const char *file, int line) {
    if (condition) {
        __atomic_fetch_add(&passed, 1, __ATOMIC_RELAXED);
    } else {
        __atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
        printf("FAILED %s:%d: %s\n", file, line, text);
    }
    return condition;
}

bool check_status(copymc_status wanted, copymc_status found, const char *text, const char *file, int line) {
    bool held = check(wanted == found, text, file, line);
    if (!held)
        printf("  returned %s instead of %s: %s\n", copymc_status_name(found), copymc_status_name(wanted), copymc_last_error());
    return held;
}

struct machine make_machine(const char *kernel) {
    struct machine made = {0};
    struct copymc_machine_options options = COPYMC_MACHINE_OPTIONS_INIT;
    struct copymc_call call;
    struct copymc_access access;
    static unsigned char bytes[COPYMC_HUGE_PAGE_SIZE];
    options.kernel = kernel;
    options.swap_pages = 64;
    OK(copymc_machine_create(&options, &made.machine));
    OK(copymc_process_create(made.machine, &made.process));
    OK(copymc_process_mmap(made.process, 0, sizeof bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0, &call));
    made.address = call.value;
    OK(copymc_process_madvise(made.process, made.address, sizeof bytes, MADV_HUGEPAGE, &call));
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i / COPYMC_PAGE_SIZE);
    OK(copymc_process_write(made.process, made.address, bytes, sizeof bytes, &access));
    CHECK(access.outcome == COPYMC_DONE && access.done == sizeof bytes);
    return made;
}

uint64_t violations(copymc_machine machine) {
    char text[1000];
    size_t found = SIZE_MAX;
    OK(copymc_machine_check(machine, text, sizeof text, &found));
    if (found != 0)
        printf("  %s\n", text);
    return found;
}

uint32_t frame_at(copymc_process process, uint64_t address) {
    struct copymc_page page = {0};
    OK(copymc_process_page(process, address, &page));
    return page.frame;
}

static void run(const char *program, const char *name, bool signalled, int wanted) {
    pid_t child;
    int status = 0;
    char *arguments[] = {(char *)program, (char *)name, NULL};
    if (!CHECK(posix_spawn(&child, program, NULL, NULL, arguments, environ) == 0))
        return;
    waitpid(child, &status, 0);
    bool held = signalled ? WIFSIGNALED(status) && WTERMSIG(status) == wanted : WIFEXITED(status) && WEXITSTATUS(status) == wanted;
    if (!check(held, name, __FILE__, __LINE__))
        printf("  ended with the status 0x%x instead of %s %d\n", (unsigned)status, signalled ? "signal" : "exit", wanted);
}

int main(int count, char **arguments) {
    // Children that die on purpose leave no core files.
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count > 1)
        return scenario(arguments[1]);
    test_library();
    test_handles();
    test_arguments();
    test_copies();
    test_machines();
    test_collapses();
    test_callbacks();
    test_threads();
    run(arguments[0], "handlers-before", false, 0);
    run(arguments[0], "handlers-after", false, 0);
    run(arguments[0], "default-segv", true, 11);
    run(arguments[0], "default-bus", true, 7);
    run(arguments[0], "null-in-copy", false, 0);
    run(arguments[0], "what-the-runtime-installs", false, 0);
    run(arguments[0], "blocked-thread", false, 0);
    run(arguments[0], "fork-and-exec", false, 0);
    run(arguments[0], "loaded-and-closed", false, 0);
    run(arguments[0], "kernel-by-environment", false, 0);
    run(arguments[0], "kernel-without-recovery", true, 7);
    run(arguments[0], "sigsegv-again", false, 0);
    run(arguments[0], "throws-out-of-a-callback", true, 6);
    run(arguments[0], "longjmp-out-of-a-callback", false, 0);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
