/*
 * Threads copy over lost memory while SIGPROF at 1 kHz and SIGUSR1 handlers do too, and another library's handler is installed over ours
 * and taken out again, and ours comes back on top, at random. Every count is checked.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "scenario.h"

enum { THREADS = 4 };

static long copies_per_thread;
static _Atomic long copies_done, in_handlers, through_other;
static _Atomic int wrong_copies, threads_done;
static atomic_bool ended;
static pthread_t threads[THREADS];

static bool copy_at_random(uint64_t *random) {
    unsigned char out[400];
    struct mce_fault fault;
    size_t before = next_random(random) % 100, n = before + 1 + next_random(random) % 300;
    memset(out, 0xee, sizeof out);
    size_t remaining = mce_copy(out, lost + 100 - before, n, &fault);
    return remaining == n - before && fault.side == MCE_SOURCE && memcmp(out, lost + 100 - before, before) == 0 &&
           all(out + before, sizeof out - before, 0xee);
}

static void copying(int signal) {
    (void)signal;
    /* It may have interrupted the other library's handler, which blocks SIGBUS. */
    mce_prepare_thread();
    uint64_t random = ((uintptr_t)&random ^ (uint64_t)in_handlers) | 1;
    if (!copy_at_random(&random))
        wrong_copies++;
    in_handlers++;
}

static void *copy(void *seed) {
    uint64_t random = 77 + (uintptr_t)seed;
    for (long i = 0; i < copies_per_thread && wrong_copies == 0; i++) {
        if (!copy_at_random(&random))
            wrong_copies++;
        copies_done++;
    }
    threads_done++;
    /* A thread that has ended cannot be signalled. */
    while (!ended)
        usleep(1000);
    return NULL;
}

/* Another library. */
static struct sigaction below_other;
static void other(int signal, siginfo_t *info, void *context) {
    through_other++;
    below_other.sa_sigaction(signal, info, context);
}

/* Not while a signal may be between the two stores. */
static void install_and_remove(uint64_t *random) {
    struct sigaction action = {.sa_sigaction = other, .sa_flags = SA_SIGINFO | (next_random(random) % 2 ? SA_NODEFER : 0)};
    REQUIRE(sigaction(SIGBUS, &action, NULL) == 0);
    usleep(next_random(random) % 2000);
    if (next_random(random) % 2)
        REQUIRE(mce_reinstall(SIGBUS) == 0);
    usleep(next_random(random) % 2000);
    REQUIRE(sigaction(SIGBUS, &below_other, NULL) == 0 && mce_reinstall(SIGBUS) == 0);
}

static void *change_handlers(void *unused) {
    (void)unused;
    uint64_t random = 5;
    while (!ended) {
        install_and_remove(&random);
        for (int i = 0; i < 20; i++) {
            pthread_kill(threads[next_random(&random) % THREADS], SIGUSR1);
            usleep(next_random(&random) % 300);
        }
    }
    return NULL;
}

static void run(void) {
    /* Longer than outcome_of allows. */
    alarm(120 + (unsigned)(copies_per_thread / 5000));
    prepare();
    REQUIRE(sigaction(SIGBUS, NULL, &below_other) == 0);
    sigaction(SIGPROF, &(struct sigaction){.sa_handler = copying, .sa_flags = SA_RESTART}, NULL);
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = copying, .sa_flags = SA_RESTART}, NULL);
    const struct itimerval every_millisecond = {{0, 1000}, {0, 1000}};
    REQUIRE(setitimer(ITIMER_PROF, &every_millisecond, NULL) == 0);
    pthread_t changer;
    for (uintptr_t i = 0; i < THREADS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, copy, (void *)i) == 0);
    REQUIRE(pthread_create(&changer, NULL, change_handlers, NULL) == 0);
    while (threads_done < THREADS)
        usleep(1000);
    ended = true;
    pthread_join(changer, NULL);
    printf("%ld copies over lost memory, %ld in handlers, %ld through another library's handler: %d wrong\n", copies_done, in_handlers,
           through_other, wrong_copies);
    fflush(stdout);
    _exit(wrong_copies != 0 || in_handlers == 0 || through_other == 0);
}

void stress(long copies) {
    copies_per_thread = copies / THREADS;
    int outcome = outcome_of(run);
    CHECK(outcome == 0, "copies over lost memory beside handlers that copy too: %d", outcome);
}
