/* What other libraries do in a process with signals, for the tests: a profiler, a crash reporter, a server's thread. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* A host that enables recovery before it starts .NET: preloaded, with the path of libmce_stub.so in OTHER_HANDLERS_ENABLE. */

__attribute__((constructor)) static void enable_early(void) {
    const char *path = getenv("OTHER_HANDLERS_ENABLE");
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_GLOBAL) : NULL;
    int (*enable)(int) = library ? (int (*)(int))dlsym(library, "mce_enable") : NULL;
    if (path && (!enable || enable(SIGBUS) != 0))
        abort();
}

/* A crash reporter: a handler over the one that is there. */

enum { REPORTED = 77 };

static struct sigaction before;
static int passes_on;
static _Atomic long calls;

static void on_crash(int signal, siginfo_t *info, void *context) {
    calls++;
    if (!passes_on)
        _exit(REPORTED);
    if (before.sa_flags & SA_SIGINFO)
        before.sa_sigaction(signal, info, context);
    else if (before.sa_handler == SIG_DFL)
        sigaction(signal, &before, NULL);
}

EXPORT int other_install(int pass_on) {
    passes_on = pass_on;
    const struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO};
    return sigaction(SIGBUS, &action, &before);
}

EXPORT int other_remove(void) { return sigaction(SIGBUS, &before, NULL); }

EXPORT int other_reset(void) { return sigaction(SIGBUS, &(struct sigaction){.sa_handler = SIG_DFL}, NULL); }

EXPORT long other_calls(void) { return calls; }

/* A profiler: at each tick of the timer its handler copies from memory that may be bad. */

typedef size_t copy_fn(void *dst, const void *src, size_t n, void *fault);

static copy_fn *profiled_copy;
static const unsigned char *profiled_memory; /* 100 bytes before lost memory */
static _Atomic long ticks, wrong;

static void on_tick(int signal) {
    (void)signal;
    int saved_errno = errno;
    unsigned char copied[200];
    uint64_t fault[8]; /* struct mce_fault is shorter */
    memset(copied, 0, sizeof copied);
    if (profiled_copy(copied, profiled_memory, sizeof copied, fault) != 100 || memcmp(copied, profiled_memory, 100) != 0 ||
        copied[100] != 0)
        wrong++;
    ticks++;
    errno = saved_errno;
}

EXPORT int other_profile(copy_fn *copy, const void *memory, int microseconds) {
    profiled_copy = copy;
    profiled_memory = memory;
    const struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART | SA_ONSTACK};
    const struct itimerval interval = {{0, microseconds}, {0, microseconds}};
    return sigaction(SIGPROF, &action, NULL) == 0 ? setitimer(ITIMER_PROF, &interval, NULL) : -1;
}

EXPORT long other_profile_end(long *wrong_copies) {
    const struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_PROF, &never, NULL);
    *wrong_copies = wrong;
    return ticks;
}

/* A server: its threads block all signals, and call back. */

static void *run(void *callback) {
    ((void (*)(void))callback)();
    return NULL;
}

EXPORT int other_call_with_all_signals_blocked(void (*callback)(void)) {
    sigset_t all, mask;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &mask);
    int error = pthread_create(&thread, NULL, run, (void *)callback);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return error ? error : pthread_join(thread, NULL);
}

EXPORT int other_signal_is_blocked(int signal) {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, signal);
}
