/* Tests the poison maps with many threads, in signal handlers and across fork. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "map_handles.h"
#include "poison_marks.h"
#include "readers.h"
#include "test.h"

enum { THREADS = 4, SHARED = 8, PAGES = 64, BROKEN = 90 };

/* Pages of one region share their counts in the gate with those of the other, which is 65536 pages further. */
static const uintptr_t common_start = 0x50000000, others_start = 0x60000000;
static mce_map_t common;
static _Atomic mce_map_t shared[SHARED];
static atomic_bool stop;
static atomic_int wrong;

static bool is_expected(int error) { return error == 0 || error == EBADF || error == ERANGE; }

/* A line that only this thread marks is found as long as it is marked, whatever others do to the rest of the page. */
static bool own_line_is_found(int thread, uint64_t *state) {
    size_t offset = next_random(state) % PAGES * PAGE + (size_t)thread * 64;
    uintptr_t line = common_start + offset;
    const struct mce_gate *gate = mce_gate_of_process();
    bool found = mce_map_mark(common, offset, 64) == 0 && mce_first_poisoned(line, line + 64) == line &&
                 __atomic_load_n(&gate->poisoned_lines, __ATOMIC_SEQ_CST) > 0 &&
                 __atomic_load_n(&gate->poisoned_pages[(uint16_t)(line / PAGE)], __ATOMIC_SEQ_CST) != 0 &&
                 __atomic_load_n(&gate->poisoned_pages[(uint16_t)(line / PAGE - 1)], __ATOMIC_SEQ_CST) != 0;
    /* A line that all threads mark and clear. */
    mce_map_mark(common, 40 * 64, 64);
    mce_map_clear(common, 40 * 64, 64);
    return mce_map_clear(common, offset, 64) == 0 && mce_first_poisoned(line, line + 64) == line + 64 && found;
}

/* Some in the heap, some in mappings. */
static bool replace_map(uint64_t *state) {
    mce_map_t made = 0;
    uintptr_t start = others_start + next_random(state) % (PAGES * PAGE);
    if (mce_map_create((void *)start, next_random(state) % 8 ? 1 + next_random(state) % (4 * PAGE) : 32 << 20, &made) != 0)
        return false;
    mce_map_t former = atomic_exchange(&shared[next_random(state) % SHARED], made);
    return !former || mce_map_destroy(former) == 0;
}

/* Another thread may destroy the map at any time. */
static bool use_map(uint64_t *state) {
    mce_map_t map = shared[next_random(state) % SHARED];
    size_t offset = next_random(state) % (4 * PAGE), length = next_random(state) % PAGE, first;
    uint64_t lines;
    return is_expected(mce_map_mark(map, offset, length)) && is_expected(mce_map_first(map, offset, length, &first)) &&
           is_expected(mce_map_clear(map, offset, length)) && is_expected(mce_map_mark(map, offset, length)) &&
           is_expected(mce_map_count(map, &lines));
}

static void look_up_and_report(uint64_t *state) {
    uintptr_t from = others_start + next_random(state) % (PAGES * PAGE), to = from + 1 + next_random(state) % (8 * PAGE);
    uintptr_t first = mce_first_poisoned(from, to);
    wrong += first < from || first > to;
    mce_mark_everywhere(from, 64);
}

static void *do_everything(void *number) {
    int thread = (int)(intptr_t)number;
    uint64_t state = 1 + (uint64_t)thread;
    for (int round = emulated ? 3000 : 30000; round > 0 && !stop; round--) {
        wrong += !own_line_is_found(thread, &state);
        if (round % 4 == 0)
            wrong += !replace_map(&state);
        wrong += !use_map(&state);
        look_up_and_report(&state);
    }
    return NULL;
}

static void start(pthread_t *threads) {
    wrong = 0;
    stop = false;
    common = map_over(common_start, PAGES * PAGE);
    for (intptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, do_everything, (void *)i) == 0, "a thread");
}

static void finish(pthread_t *threads, const char *what) {
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(wrong == 0, "%s: %d wrong answers", what, wrong);
    CHECK(lines_of(common) == 0 && mce_map_destroy(common) == 0, "the common map");
    for (int i = 0; i < SHARED; i++) {
        mce_map_t map = atomic_exchange(&shared[i], 0);
        CHECK(!map || mce_map_destroy(map) == 0, "destroy");
    }
    gate_is_clear(what);
}

static void threads_do_everything(void) {
    pthread_t threads[THREADS];
    start(threads);
    finish(threads, "threads");
}

static atomic_bool waited;

/* While a reader is inside, f must not get to the point where it sets waited. */
static void waits_for(unsigned bank, void *(*f)(void *), const char *what) {
    unsigned place = mce_readers_enter_bank(bank);
    pthread_t thread;
    waited = false;
    CHECK(pthread_create(&thread, NULL, f, NULL) == 0, "a thread");
    usleep(20000);
    CHECK(!waited, "%s did not wait for the readers of bank %u", what, bank);
    mce_readers_leave(place);
    pthread_join(thread, NULL);
    CHECK(waited, "%s", what);
}

static void *wait_for_readers(void *unused) {
    mce_readers_wait();
    waited = true;
    return unused;
}

/* Nodes of the index are freed after their readers have left, and not only when a map is destroyed. */
static void *create_many(void *unused) {
    enum { MAPS = 1000 };
    static mce_map_t maps[MAPS];
    long before = allocated;
    for (int i = 0; i < MAPS; i++)
        maps[i] = map_over(common_start + (uintptr_t)i * PAGE, PAGE);
    waited = true;
    CHECK(allocated < before + MAPS + MAPS / 8 + 300, "%ld allocations for %d maps", allocated - before, MAPS);
    for (int i = 0; i < MAPS; i++)
        CHECK(mce_map_destroy(maps[i]) == 0, "destroy");
    return unused;
}

static void writers_wait_for_readers(void) {
    waits_for(0, create_many, "create");
    /* Those of the former bank too: a reader may have read the bank before a writer changed it. */
    for (unsigned i = 0; i < 4; i++)
        waits_for(i / 2, wait_for_readers, "a writer");
}

/* A handler may mark and look up whatever it interrupts. */
static volatile sig_atomic_t ticks, wrong_ticks;

static void on_tick(int signal) {
    (void)signal;
    uintptr_t line = common_start + (uintptr_t)(ticks % 64) * 64;
    wrong_ticks += mce_map_mark(common, line - common_start, 1) != 0 || mce_first_poisoned(line, line + 1) != line ||
                   mce_map_clear(common, line - common_start, 1) != 0 || mce_first_poisoned(line, line + 1) == line;
    ticks++;
}

static void handler_interrupts_create_and_destroy(void) {
    common = map_over(common_start, PAGE);
    signal(SIGUSR1, on_tick);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
        _exit(BROKEN);
    timer_settime(timer, 0, &(struct itimerspec){.it_interval.tv_nsec = 1000000, .it_value.tv_nsec = 1000000}, NULL);
    while (ticks < 500) {
        mce_map_t map = map_over(others_start, PAGE), over_it = map_over(common_start, PAGE);
        if (mce_map_destroy(map) != 0 || mce_map_destroy(over_it) != 0)
            _exit(BROKEN);
    }
    timer_delete(timer);
    _exit(wrong_ticks != 0);
}

/* fork while other threads are inside. */

static void use_maps(void) {
    mce_map_t map;
    size_t first;
    if (mce_map_create((void *)0x70000000, PAGE, &map) != 0 || mce_map_mark(map, 100, 1) != 0 || mce_map_first(map, 0, PAGE, &first) != 0 ||
        first != 64 || mce_first_poisoned(0x70000000, 0x70001000) != 0x70000040 || mce_map_destroy(map) != 0)
        _exit(BROKEN);
}

static void forks_while_threads_run(void) {
    pthread_t threads[THREADS];
    start(threads);
    for (int i = 0; i < 30; i++)
        CHECK(outcome_of(use_maps) == 0, "the child of a fork uses maps");
    stop = true;
    finish(threads, "forks");
}

/* The fork waited until the map with the other marks was destroyed. */
static void use_maps_after_destroy(void) {
    if (mce_gate_of_process()->poisoned_lines != 1)
        _exit(BROKEN);
    use_maps();
}

static atomic_bool is_inside, let_go;

static void hold(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    is_inside = true;
    while (!let_go)
        usleep(100);
    usleep(50000);
    mprotect((void *)((uintptr_t)info->si_addr & ~(PAGE - 1)), PAGE, PROT_READ | PROT_WRITE);
}

static void *report(void *address) {
    mce_mark_everywhere((uintptr_t)address, 64);
    return NULL;
}

static void *destroy(void *map) {
    CHECK(mce_map_destroy(*(mce_map_t *)map) == 0, "destroy");
    return NULL;
}

/* In the child nobody waits for the parent's readers, and nobody holds the lock. */
static void forks_during(bool destroys) {
    mce_map_t held = map_over(common_start, 5000 * PAGE), destroyed = map_over(others_start, PAGE);
    struct sigaction action = {.sa_sigaction = hold, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    mprotect(mce_map_find(held)->groups, PAGE, PROT_NONE);
    pthread_t threads[2];
    is_inside = let_go = false;
    CHECK(pthread_create(&threads[0], NULL, report, (void *)common_start) == 0, "a reader");
    while (!is_inside)
        usleep(100);
    if (destroys) {
        CHECK(mce_map_mark(destroyed, 0, PAGE) == 0, "mark");
        CHECK(pthread_create(&threads[1], NULL, destroy, &destroyed) == 0, "a writer");
        /* Then it holds the lock and waits for the reader. */
        while (mce_map_mark(destroyed, 0, 0) == 0)
            usleep(100);
        let_go = true;
    }
    CHECK(outcome_of(destroys ? use_maps_after_destroy : use_maps) == 0, "the child of a fork during a %s uses maps",
          destroys ? "destroy" : "report");
    let_go = true;
    pthread_join(threads[0], NULL);
    if (destroys)
        pthread_join(threads[1], NULL);
    else
        CHECK(mce_map_destroy(destroyed) == 0, "destroy");
    sigaction(SIGSEGV, &before, NULL);
    CHECK(mce_map_destroy(held) == 0, "destroy");
    gate_is_clear("a fork");
}

void maps_in_parallel(void) {
    writers_wait_for_readers();
    threads_do_everything();
    CHECK(outcome_of(handler_interrupts_create_and_destroy) == 0, "a handler uses maps that the interrupted thread is making");
    forks_during(false);
    forks_during(true);
    forks_while_threads_run();
}
