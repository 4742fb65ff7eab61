/* What the library does with signals in a process: each in a process of its own. The exit status is 0 if it is as docs/libcopymc.md says.
 */
#define _GNU_SOURCE
#include "test.h"
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile sig_atomic_t signals;
static void *volatile faulted;

static void own(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    signals++;
    faulted = info->si_addr;
    siglongjmp(back, 1);
}

static void install(int signal) {
    struct sigaction action = {.sa_sigaction = own, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

/* A page whose file was truncated. */
static char *truncated(void) {
    int file = memfd_create("test", 0);
    char *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return page;
}

/* Touches an address, and tells whether the program's handler was called with it. */
static bool own_handler_gets(char *address) {
    signals = 0, faulted = NULL;
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)address;
    return signals == 1 && faulted == (void *)address;
}

/* Copies from a lost page, and tells whether the copy returned what it should, without the program's handler. */
static bool recovers(copymc_engine engine, char *lost, size_t length) {
    static char to[1 << 20];
    size_t left = 0;
    struct copymc_fault fault = {0};
    signals = 0;
    if (sigsetjmp(back, 1) != 0)
        return false;
    return copymc_copy(engine, to, lost, length, &left, &fault) == COPYMC_OK && left == length && fault.kind == COPYMC_FAULT_BUS_ERROR &&
           signals == 0;
}

static int handlers_before(void) {
    install(SIGBUS), install(SIGSEGV);
    copymc_engine engine;
    OK(copymc_engine_create(NULL, &engine));
    CHECK(recovers(engine, truncated(), 100));
    CHECK(own_handler_gets(truncated()));
    CHECK(own_handler_gets((char *)8));
    CHECK(own_handler_gets(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
    CHECK(recovers(engine, truncated(), 4096));
    return failed;
}

static struct sigaction below;
static volatile sig_atomic_t passed_on;

static void passing(int signal, siginfo_t *info, void *context) {
    passed_on++;
    below.sa_sigaction(signal, info, context);
}

static int handlers_after(void) {
    copymc_engine engine;
    OK(copymc_engine_create(NULL, &engine));
    // A handler that passes on what it does not know.
    struct sigaction action = {.sa_sigaction = passing, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, &below);
    CHECK(recovers(engine, truncated(), 100) && passed_on == 1);
    // One that does not: only under the library's, which is installed again.
    install(SIGBUS), install(SIGSEGV);
    OK(copymc_recovery_enable());
    CHECK(recovers(engine, truncated(), 100));
    CHECK(own_handler_gets(truncated()));
    CHECK(own_handler_gets((char *)8));
    // Collapses and salvages go on with the SIGSEGV handler gone.
    struct machine m = make_machine(NULL);
    struct copymc_call call;
    struct copymc_collapsed_range range;
    size_t ranges;
    OK(copymc_process_poison(m.process, m.address + 4096, COPYMC_SOURCE_TRUNCATED_MAPPING, NULL));
    OK(copymc_process_collapse(m.process, m.address, 2 << 20, NULL, &range, 1, &ranges, &call));
    CHECK(range.result == COPYMC_COPY_MC && range.copied_pages == 1);
    return failed;
}

static int null_in_copy(void) {
    install(SIGSEGV);
    struct copymc_engine_options options = COPYMC_ENGINE_OPTIONS_INIT;
    copymc_engine engine;
    static char to[4096];
    size_t left;
    struct copymc_fault fault;
    options.flags = COPYMC_ENGINE_RECOVER_SIGSEGV;
    OK(copymc_engine_create(&options, &engine));
    OK(copymc_copy(engine, to, (char *)64, 100, &left, &fault));
    CHECK(left == 100 && fault.kind == COPYMC_FAULT_ACCESS_VIOLATION && signals == 0);
    CHECK(own_handler_gets((char *)8));
    return failed;
}

static bool is_default(int signal) {
    struct sigaction action;
    // The C library keeps some signals for itself.
    return sigaction(signal, NULL, &action) != 0 || action.sa_handler == SIG_DFL;
}

/* SIGFPE, SIGSEGV, SIGPIPE and SIGRTMIN at the first call, SIGBUS with the first engine; nothing else, and nothing at the load. */
static int what_the_runtime_installs(void) {
    // The parent may ignore it.
    signal(SIGPIPE, SIG_DFL);
    for (int signal = 1; signal <= SIGRTMAX; signal++)
        CHECK(is_default(signal));
    copymc_version();
    for (int signal = 1; signal <= SIGRTMAX; signal++)
        CHECK(is_default(signal) == !(signal == SIGFPE || signal == SIGSEGV || signal == SIGPIPE || signal == SIGRTMIN));
    struct sigaction action;
    sigaction(SIGPIPE, NULL, &action);
    CHECK(action.sa_handler == SIG_IGN);
    signal(SIGPIPE, SIG_DFL);
    copymc_engine engine;
    OK(copymc_engine_create(NULL, &engine));
    CHECK(!is_default(SIGBUS) && is_default(SIGPIPE));
    return failed;
}

static void *prepared(void *engine) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
    OK(copymc_recovery_prepare_thread());
    CHECK(recovers(*(copymc_engine *)engine, truncated(), 4096));
    struct machine m = make_machine(NULL);
    OK(copymc_destroy(m.machine));
    return NULL;
}

static int blocked_thread(void) {
    copymc_engine engine;
    pthread_t thread;
    OK(copymc_engine_create(NULL, &engine));
    pthread_create(&thread, NULL, prepared, &engine);
    pthread_join(thread, NULL);
    return failed;
}

/* A child that calls exec or _exit only. */
static int fork_and_exec(void) {
    int status;
    copymc_version();
    pid_t child = fork();
    if (child == 0)
        execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    return failed;
}

static jmp_buf out;

static int32_t jump(void *context, const struct copymc_step *step) {
    (void)context, (void)step;
    longjmp(out, 1);
}

static void *busy_elsewhere(void *machine) {
    uint64_t found;
    struct machine *m = machine;
    IS(COPYMC_E_BUSY, copymc_machine_check(m->machine, NULL, 0, &found));
    return NULL;
}

/* Not allowed. The machine stays in the callback, for the calls that its thread may make there; other machines go on. */
static int longjmp_out_of_a_callback(void) {
    struct machine m = make_machine(NULL);
    struct copymc_observer observer = COPYMC_OBSERVER_INIT(jump, NULL);
    struct copymc_call call;
    size_t ranges;
    if (setjmp(out) == 0)
        copymc_process_collapse(m.process, m.address, 2 << 20, &observer, NULL, 0, &ranges, &call);
    IS(COPYMC_E_BUSY, copymc_destroy(m.machine));
    IS(COPYMC_E_BUSY, copymc_process_collapse(m.process, m.address, 2 << 20, NULL, NULL, 0, &ranges, &call));
    struct copymc_access access;
    char byte;
    pthread_t thread;
    OK(copymc_process_read(m.process, m.address, &byte, 1, &access));
    pthread_create(&thread, NULL, busy_elsewhere, &m);
    pthread_join(thread, NULL);
    struct machine second = make_machine(NULL);
    OK(copymc_destroy(second.machine));
    return failed;
}

/* The library stays, because a runtime cannot be unloaded. */
static int loaded_and_closed(void) {
    for (int i = 0; i < 3; i++) {
        void *library = dlopen("libcopymc.so.1", RTLD_NOW);
        const char *(*version)(void) = (const char *(*)(void))dlsym(library, "copymc_version");
        CHECK(library != NULL && strcmp(version(), COPYMC_TEST_VERSION) == 0);
        dlclose(library);
    }
    return failed;
}

/* COPYMC_KERNEL is read once an engine or a machine is made. */
static int kernel_by_environment(void) {
    copymc_engine engine;
    copymc_machine machine;
    const char *wrong = "COPYMC_KERNEL: ";
    setenv("COPYMC_KERNEL", "none", 1);
    IS(COPYMC_E_INVALID, copymc_engine_create(NULL, &engine));
    CHECK(strncmp(copymc_last_error(), wrong, strlen(wrong)) == 0);
    IS(COPYMC_E_INVALID, copymc_machine_create(NULL, &machine));
    CHECK(strncmp(copymc_last_error(), wrong, strlen(wrong)) == 0);
#ifdef __x86_64__
    setenv("COPYMC_KERNEL", "native-neon", 1);
#else
    setenv("COPYMC_KERNEL", "native-avx2", 1);
#endif
    IS(COPYMC_E_UNSUPPORTED, copymc_engine_create(NULL, &engine));
    CHECK(strncmp(copymc_last_error(), wrong, strlen(wrong)) == 0);
    IS(COPYMC_E_UNSUPPORTED, copymc_machine_create(NULL, &machine));
    CHECK(strncmp(copymc_last_error(), wrong, strlen(wrong)) == 0);
    return failed;
}

/* A kernel without "native-" does not recover. */
static int kernel_without_recovery(void) {
    struct copymc_engine_options options = COPYMC_ENGINE_OPTIONS_INIT;
    copymc_engine engine;
    static char to[4096];
    size_t left;
    options.kernel = "scalar";
    OK(copymc_engine_create(&options, &engine));
    copymc_copy(engine, to, truncated(), 100, &left, NULL);
    return 3;
}

/* copymc_recovery_enable puts the handler of SIGBUS on top again, not that of SIGSEGV; another engine with the flag does. */
static int sigsegv_again(void) {
    struct copymc_engine_options options = COPYMC_ENGINE_OPTIONS_INIT;
    copymc_engine engine, second;
    static char to[4096];
    size_t left = 0;
    options.flags = COPYMC_ENGINE_RECOVER_SIGSEGV;
    OK(copymc_engine_create(&options, &engine));
    char *closed = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    install(SIGSEGV);
    OK(copymc_engine_create(&options, &second));
    OK(copymc_copy(engine, to, closed, 100, &left, NULL));
    CHECK(left == 100 && signals == 0);
    return failed;
}

int scenario(const char *name) {
    static const struct {
        const char *name;
        int (*run)(void);
    } all[] = {{"handlers-before", handlers_before},
               {"handlers-after", handlers_after},
               {"null-in-copy", null_in_copy},
               {"what-the-runtime-installs", what_the_runtime_installs},
               {"blocked-thread", blocked_thread},
               {"fork-and-exec", fork_and_exec},
               {"longjmp-out-of-a-callback", longjmp_out_of_a_callback},
               {"loaded-and-closed", loaded_and_closed},
               {"kernel-by-environment", kernel_by_environment},
               {"kernel-without-recovery", kernel_without_recovery},
               {"sigsegv-again", sigsegv_again}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(name, all[i].name) == 0)
            return all[i].run();
    copymc_engine engine;
    OK(copymc_engine_create(NULL, &engine));
    if (strcmp(name, "throws-out-of-a-callback") == 0)
        throws_out_of_a_callback();
    if (strcmp(name, "default-segv") == 0)
        *(volatile char *)8;
    if (strcmp(name, "default-bus") == 0)
        *(volatile char *)truncated();
    return 2;
}
