/*
 * Recovers from a lost page in one environment: recover ENVIRONMENT [ARGUMENT]. Exit code 0 if every count was right, 92 if the environment
 * is not available here.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mce_stub.h"

enum { PAGE = 4096, UNAVAILABLE = 92 };

#define REQUIRE(condition)                                                                                                                 \
    do {                                                                                                                                   \
        if (!(condition)) {                                                                                                                \
            fprintf(stderr, "%s:%d: failed: %s (errno %d)\n", __func__, __LINE__, #condition, errno);                                      \
            exit(1);                                                                                                                       \
        }                                                                                                                                  \
    } while (0)

extern char **environ;
static char *self;

/* A page, then a page that is lost. */
static unsigned char *lost_after_a_page(void) {
    int file = memfd_create("lost", MFD_CLOEXEC);
    REQUIRE(file >= 0 && ftruncate(file, 2 * PAGE) == 0);
    unsigned char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    REQUIRE(memory != MAP_FAILED);
    memset(memory, 7, PAGE);
    REQUIRE(ftruncate(file, PAGE) == 0);
    close(file);
    return memory;
}

static bool recovers_with(mce_copy_fn *copy, const unsigned char *memory) {
    unsigned char out[300];
    struct mce_fault fault;
    memset(out, 0, sizeof out);
    size_t remaining = copy(out, memory + PAGE - 100, sizeof out, &fault);
    return remaining == 200 && fault.kind == MCE_BUS_ERROR && !memcmp(out, memory, 100) && out[100] == 0 && out[299] == 0;
}

static void recover_often(int times) {
    const unsigned char *memory = lost_after_a_page();
    for (int i = 0; i < times; i++)
        REQUIRE(recovers_with(mce_copy, memory));
}

static void enable(void) { REQUIRE(mce_enable(SIGBUS) == 0); }

static void plain(void) {
    enable();
    recover_often(100);
}

static void *recover_on_thread(void *unused) {
    (void)unused;
    recover_often(1000);
    return NULL;
}
static void threads(void) {
    pthread_t all[4];
    enable();
    for (int i = 0; i < 4; i++)
        REQUIRE(pthread_create(&all[i], NULL, recover_on_thread, NULL) == 0);
    for (int i = 0; i < 4; i++)
        REQUIRE(pthread_join(all[i], NULL) == 0);
}

static void expect_exit(pid_t child, int code) {
    int status;
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == code);
}

static void in_fork(void) {
    enable();
    pid_t child = fork();
    if (child == 0) {
        recover_often(10);
        _exit(0);
    }
    expect_exit(child, 0);
    recover_often(10);
}

/* The child shares the memory and the handlers of its parent until it ends. */
static void in_vfork(void) {
    enable();
    const unsigned char *memory = lost_after_a_page();
    pid_t child = vfork();
    if (child == 0)
        _exit(recovers_with(mce_copy, memory) ? 0 : 1);
    expect_exit(child, 0);
    REQUIRE(recovers_with(mce_copy, memory));
}

/* A new program has the default action again, and makes its own recovery. */
static void spawned(const char *environment, int expected_signal) {
    pid_t child;
    int status;
    char *arguments[] = {self, (char *)environment, NULL};
    enable();
    REQUIRE(posix_spawn(&child, self, NULL, NULL, arguments, environ) == 0 && waitpid(child, &status, 0) == child);
    REQUIRE(expected_signal ? WIFSIGNALED(status) && WTERMSIG(status) == expected_signal : WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void without_enabling(void) { recover_often(1); }

/* A fault that is not in a copy, with and without the library's handler: ends the process. */
static void foreign(bool with) {
    const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &unlimited);
    if (with)
        enable();
    volatile unsigned char *memory = lost_after_a_page();
    (void)memory[PAGE];
}

/* System calls that a sandbox refuses. */
static void refuse(int call) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        exit(UNAVAILABLE);
}
static void refused_sigaction(void) {
    struct mce_handler_state state;
    refuse(SYS_rt_sigaction);
    REQUIRE(mce_enable(SIGBUS) == EPERM && mce_reinstall(SIGBUS) == ESRCH && mce_handler_state(SIGBUS, &state) == EPERM);
}
static void refused_after_enabling(int call) {
    enable();
    refuse(call);
    recover_often(10);
}
static void refused_sigprocmask(void) {
    static unsigned char out[40000];
    struct mce_fault fault;
    enable();
    refuse(SYS_rt_sigprocmask);
    REQUIRE(mce_prepare_thread() == EPERM);
    recover_often(10);
    REQUIRE(mce_copy(out, lost_after_a_page() + PAGE - 100, sizeof out, &fault) == sizeof out - 100);
}
/* A sandbox that refuses sigaction must not keep a process from dying. */
static void foreign_in_sandbox(bool sent) {
    signal(SIGBUS, SIG_DFL);
    enable();
    refuse(SYS_rt_sigaction);
    alarm(10);
    if (sent)
        raise(SIGBUS);
    else
        (void)*(const volatile unsigned char *)(lost_after_a_page() + PAGE);
}

/* The least alternate stack on which a recovery works, in steps of 256 bytes. */
static void alternate_stack(void) {
    signal(SIGBUS, SIG_DFL);
    enable();
    const unsigned char *memory = lost_after_a_page();
    unsigned char *pages = mmap(NULL, 17 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(pages != MAP_FAILED && mprotect(pages, PAGE, PROT_NONE) == 0);
    for (size_t size = 2048; size <= 16 * PAGE; size += 256) {
        pid_t child = fork();
        if (child == 0) {
            /* Its lower end is a page that nobody may touch. */
            const stack_t stack = {.ss_sp = pages + PAGE, .ss_size = size};
            _exit(sigaltstack(&stack, NULL) == 0 && recovers_with(mce_copy, memory) ? 0 : 1);
        }
        int status;
        REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            printf("a recovery needs an alternate stack of %zu bytes\n", size);
            return;
        }
    }
    REQUIRE(!"a stack that suffices");
}

/* Another copy of the library, perhaps of another version, has its own handler. */
static volatile sig_atomic_t first_calls;
static void first(int signal) {
    (void)signal;
    first_calls++;
}
static void second_library(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    REQUIRE(library);
    int (*enable_second)(int) = (int (*)(int))dlsym(library, "mce_enable");
    int (*disable_second)(int) = (int (*)(int))dlsym(library, "mce_disable");
    int (*reinstall_second)(int) = (int (*)(int))dlsym(library, "mce_reinstall");
    mce_copy_fn *copy_second = (mce_copy_fn *)dlsym(library, "mce_copy");
    REQUIRE(enable_second != mce_enable && copy_second != mce_copy);
    const unsigned char *memory = lost_after_a_page();
    signal(SIGBUS, first);
    enable();
    REQUIRE(enable_second(SIGBUS) == 0 && recovers_with(mce_copy, memory) && recovers_with(copy_second, memory));
    /* Each comes over the other in turn. */
    for (int i = 0; i < 40; i++) {
        REQUIRE(mce_reinstall(SIGBUS) == 0 && recovers_with(mce_copy, memory) && recovers_with(copy_second, memory));
        REQUIRE(reinstall_second(SIGBUS) == 0 && recovers_with(mce_copy, memory) && recovers_with(copy_second, memory));
        raise(SIGBUS);
        REQUIRE(first_calls == i + 1);
    }
    /* Each recovers its own copies without the other. */
    REQUIRE(mce_disable(SIGBUS) == 0 && recovers_with(copy_second, memory));
    enable();
    REQUIRE(disable_second(SIGBUS) == 0 && recovers_with(mce_copy, memory));
    REQUIRE(mce_disable(SIGBUS) == 0);
    raise(SIGBUS);
    REQUIRE(first_calls == 41);
    signal(SIGBUS, SIG_DFL);
    /* What is left of them does not keep a foreign signal from its default action. */
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(raise(SIGBUS));
    REQUIRE(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

int main(int count, char **arguments) {
    self = arguments[0];
    const char *environment = count > 1 ? arguments[1] : "plain", *argument = count > 2 ? arguments[2] : "";
    if (!strcmp(environment, "plain"))
        plain();
    else if (!strcmp(environment, "threads"))
        threads();
    else if (!strcmp(environment, "fork"))
        in_fork();
    else if (!strcmp(environment, "vfork"))
        in_vfork();
    else if (!strcmp(environment, "spawn"))
        spawned("plain", 0);
    else if (!strcmp(environment, "spawn-without"))
        spawned("without", SIGBUS);
    else if (!strcmp(environment, "without"))
        without_enabling();
    else if (!strcmp(environment, "foreign"))
        foreign(true);
    else if (!strcmp(environment, "foreign-without"))
        foreign(false);
    else if (!strcmp(environment, "no-sigaction"))
        refused_sigaction();
    else if (!strcmp(environment, "no-sigaction-later"))
        refused_after_enabling(SYS_rt_sigaction);
    else if (!strcmp(environment, "no-sigprocmask"))
        refused_sigprocmask();
    else if (!strcmp(environment, "foreign-no-sigaction"))
        foreign_in_sandbox(false);
    else if (!strcmp(environment, "sent-no-sigaction"))
        foreign_in_sandbox(true);
    else if (!strcmp(environment, "no-process-vm-readv"))
        refused_after_enabling(SYS_process_vm_readv);
    else if (!strcmp(environment, "alternate-stack"))
        alternate_stack();
    else if (!strcmp(environment, "second-library"))
        second_library(argument);
    else
        return 2;
    return 0;
}
