/* Tests recovery in a process in which others handle signals, block them, and install and remove handlers. Each scenario runs in a child.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenario.h"

typedef void handler(int signal, siginfo_t *info, void *context);

static void set(handler *function, int flags) {
    sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = function, .sa_flags = SA_SIGINFO | flags}, NULL);
}

/* Copies in signal handlers. */

enum { MOST_NESTED = 20 };
static volatile sig_atomic_t wrong, handled, depth;

static void copying(int signal) {
    (void)signal;
    handled++;
    if (!recovers())
        wrong++;
    /* As deep as signals can nest on this stack. */
    if (++depth < MOST_NESTED)
        raise(SIGUSR1);
    if (!recovers())
        wrong++;
    depth--;
}

static void in_nested_handlers(void) {
    prepare();
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = copying, .sa_flags = SA_NODEFER}, NULL);
    raise(SIGUSR1);
    REQUIRE(handled == MOST_NESTED && wrong == 0 && recovers());
}

/* A handler that interrupts ours: the kernel delivers a pending signal before the first instruction of ours, because ours does not block
 * it. */
static void copying_once(int signal) {
    (void)signal;
    handled++;
    wrong += !recovers();
}
static void sending(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    raise(SIGUSR2);
}
static void while_ours_passes_on(void) {
    prepare();
    mce_disable(SIGBUS);
    /* The previous handler allows SIGBUS, so the copy in the handler that interrupts it recovers. */
    set(sending, SA_NODEFER);
    REQUIRE(mce_enable(SIGBUS) == 0);
    sigaction(SIGUSR2, &(struct sigaction){.sa_handler = copying_once}, NULL);
    raise(SIGBUS);
    REQUIRE(handled == 1 && wrong == 0);
}

static volatile bool stop;
static pthread_t copier;
static void *sends_signals(void *argument) {
    (void)argument;
    while (!stop)
        pthread_kill(copier, SIGUSR2);
    return NULL;
}
static void while_ours_recovers_of(int segv) {
    prepare();
    pthread_t thread;
    unsigned char out[200], *none = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (segv)
        REQUIRE(mce_enable(SIGSEGV) == 0);
    sigaction(SIGUSR2, &(struct sigaction){.sa_handler = copying_once, .sa_flags = SA_ONSTACK}, NULL);
    copier = pthread_self();
    REQUIRE(pthread_create(&thread, NULL, sends_signals, NULL) == 0);
    struct mce_fault fault;
    for (int i = 0; i < repetitions(20000); i++)
        REQUIRE(segv ? mce_copy(out, none, sizeof out, &fault) == sizeof out : recovers());
    stop = true;
    pthread_join(thread, NULL);
    REQUIRE(handled > 0 && wrong == 0);
}
static void while_ours_recovers(void) { while_ours_recovers_of(0); }
static void while_ours_recovers_from_sigsegv(void) { while_ours_recovers_of(1); }
static void on_one_alternate_stack(void) {
    const stack_t stack = {.ss_sp = anonymous(16 * PAGE), .ss_size = 16 * PAGE};
    REQUIRE(sigaltstack(&stack, NULL) == 0);
    while_ours_recovers_of(0);
}

/* A child never waits for a lock that another thread of its parent holds. */
static void *enables(void *argument) {
    (void)argument;
    while (!stop) {
        mce_enable(SIGBUS);
        mce_disable(SIGBUS);
    }
    return NULL;
}
static void forks_while_others_enable(void) {
    pthread_t thread;
    prepare();
    REQUIRE(pthread_create(&thread, NULL, enables, NULL) == 0);
    for (int i = 0; i < 300; i++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(60);
            _exit(mce_enable(SIGBUS) == 0 && recovers() ? 0 : 1);
        }
        int status;
        waitpid(child, &status, 0);
        REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    stop = true;
    pthread_join(thread, NULL);
}

static void *enables_often(void *argument) {
    (void)argument;
    for (int i = 0; i < repetitions(20000); i++)
        REQUIRE(mce_enable(SIGBUS) == 0 && mce_reinstall(SIGBUS) == 0 && mce_disable(SIGBUS) == 0);
    return NULL;
}
static void clients_in_threads(void) {
    pthread_t threads[4];
    struct mce_handler_state before, after;
    prepare();
    REQUIRE(mce_handler_state(SIGBUS, &before) == 0);
    for (int i = 0; i < 4; i++)
        REQUIRE(pthread_create(&threads[i], NULL, enables_often, NULL) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    REQUIRE(mce_handler_state(SIGBUS, &after) == 0 && after.clients == before.clients && after.position == MCE_ON_TOP && recovers());
}

/* Threads that block signals. */

static bool is_blocked(int signal) {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, signal) == 1;
}

static void block_all(void) {
    sigset_t all;
    prepare();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
}

static void blocked_short(void) {
    block_all();
    recovers();
}

static bool long_copy_recovers(void) {
    static unsigned char out[40000];
    struct mce_fault fault;
    memset(out, 0xee, 200);
    return mce_copy(out, lost, sizeof out, &fault) == sizeof out - 100 && memcmp(out, lost, 100) == 0 && out[100] == 0xee;
}
static void blocked_long(void) {
    block_all();
    for (int i = 0; i < 3; i++)
        REQUIRE(long_copy_recovers() && is_blocked(SIGBUS) && is_blocked(SIGUSR1));
}
static void blocked_and_prepared(void) {
    block_all();
    mce_disable(SIGSEGV);
    REQUIRE(mce_prepare_thread() == 0 && !is_blocked(SIGBUS) && is_blocked(SIGSEGV) && is_blocked(SIGUSR1));
    REQUIRE(recovers() && long_copy_recovers() && !is_blocked(SIGBUS));
    REQUIRE(mce_enable(SIGSEGV) == 0 && mce_prepare_thread() == 0 && !is_blocked(SIGSEGV));
}
static void blocked_without_recovery(void) {
    block_all();
    mce_disable(SIGBUS);
    REQUIRE(mce_prepare_thread() == 0 && is_blocked(SIGBUS));
    mce_enable(SIGBUS);
    REQUIRE(long_copy_recovers());
}

/* A new thread: the first one has made long copies with its signals open. */
static void *run(void *scenario) {
    (*(void (**)(void))scenario)();
    return NULL;
}
static void in_a_thread(void (*scenario)(void)) {
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, run, &scenario) == 0 && pthread_join(thread, NULL) == 0);
}
static void blocked_long_in_a_thread(void) { in_a_thread(blocked_long); }
static void blocked_without_recovery_in_a_thread(void) { in_a_thread(blocked_without_recovery); }

/* Early reports that no map covers. */

static void report(void) {
    siginfo_t info = {.si_signo = SIGBUS, .si_code = BUS_MCEERR_AO, .si_addr = (void *)(64 * PAGE)};
    info.si_addr_lsb = 12;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, &info);
}
static volatile sig_atomic_t passed_on;
static void counting(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    passed_on++;
}
static void reports_are_counted(void) {
    mce_disable(SIGBUS);
    set(counting, 0);
    REQUIRE(mce_enable(SIGBUS) == 0);
    REQUIRE(mce_handle_uncovered_reports((enum mce_uncovered_reports)2) == EINVAL && mce_uncovered_reports() == 0);
    REQUIRE(mce_handle_uncovered_reports(MCE_REPORTS_COUNTED) == 0);
    report();
    report();
    REQUIRE(passed_on == 0 && mce_uncovered_reports() == 2);
    REQUIRE(mce_handle_uncovered_reports(MCE_REPORTS_PASSED_ON) == 0);
    report();
    REQUIRE(passed_on == 1 && mce_uncovered_reports() == 3);
}

void shared_process(void) {
    CHECK(outcome_of(in_nested_handlers) == 0, "copies in nested handlers");
    CHECK(outcome_of(while_ours_passes_on) == 0, "a copy in a handler that interrupts a previous handler");
    CHECK(outcome_of(clients_in_threads) == 0, "clients in several threads");
    CHECK(outcome_of(forks_while_others_enable) == 0, "a fork while another thread enables");
    CHECK(outcome_of(blocked_long_in_a_thread) == 0, "a long copy in a thread that blocks SIGBUS recovers");
    CHECK(outcome_of(blocked_and_prepared) == 0, "a prepared thread recovers");
    CHECK(outcome_of(blocked_without_recovery_in_a_thread) == 0, "nothing is unblocked without recovery");
    if (emulated) {
        /* Its faults wait while their signal is blocked. */
        printf("handlers that interrupt ours, forged reports, a fault while SIGBUS is blocked: skipped, under emulation\n");
        return;
    }
    CHECK(outcome_of(blocked_short) == -SIGBUS, "a short copy in a thread that blocks SIGBUS dies as without the library");
    CHECK(outcome_of(while_ours_recovers) == 0, "copies in handlers that interrupt ours");
    CHECK(outcome_of(while_ours_recovers_from_sigsegv) == 0, "the same with SIGSEGV");
    CHECK(outcome_of(on_one_alternate_stack) == 0, "the same on an alternate stack");
    CHECK(outcome_of(reports_are_counted) == 0, "reports that no map covers");
}
