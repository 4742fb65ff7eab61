#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "poison_maps.h"
#include "test.h"

/* Observes the order of the stores of a report: the counts are on pages that fault until the handler here has read the word. */
static struct {
    unsigned char *page[2];
    size_t length[2];
    const uint64_t *word;
    uint64_t word_when_touched[2];
} watch;

static void on_touch(int signal, siginfo_t *info, void *context) {
    (void)context;
    for (int i = 0; i < 2; i++) {
        unsigned char *at = info->si_addr;
        if (at >= watch.page[i] && at < watch.page[i] + watch.length[i]) {
            watch.word_when_touched[i] = *watch.word;
            mprotect(watch.page[i], watch.length[i], PROT_READ | PROT_WRITE);
            return;
        }
    }
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

enum { PAGES = 5000 }; /* more than maps in the heap have, so that the counts and words are in pages of their own */

static mce_map_t map_over(uintptr_t start, size_t length) {
    mce_map_t map = 0;
    CHECK(mce_map_create((void *)start, length, &map) == 0, "a map");
    return map;
}

static uint64_t lines_of(mce_map_t map) {
    uint64_t lines = 0;
    CHECK(mce_map_count(map, &lines) == 0, "count");
    return lines;
}

/*
 * Counts are incremented before the word is set. Otherwise a thread that clears the page in between decrements the count for a line that
 * was not counted yet, and hides another line that shares the count.
 */
static void reports_count_before_they_mark(void) {
    /* Its counts lie in the middle of the gate, in a page that holds nothing else. */
    const uintptr_t start = 0x48000000;
    mce_map_t handle = map_over(start, PAGES * PAGE);
    const struct mce_map *map = mce_map_find(handle);
    struct mce_gate *gate = mce_gate_of_process();
    const uint16_t *counts = &gate->poisoned_pages[(uint16_t)(start / PAGE + 1000)];
    int64_t marks = gate->marks;

    watch.page[0] = map->groups, watch.length[0] = PAGE;
    watch.page[1] = (unsigned char *)((uintptr_t)counts & ~(PAGE - 1)), watch.length[1] = PAGE;
    watch.word = &map->lines[1000];
    watch.word_when_touched[0] = watch.word_when_touched[1] = ~0ul;
    struct sigaction action = {.sa_sigaction = on_touch, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    mprotect(watch.page[0], PAGE, PROT_NONE);
    mprotect(watch.page[1], PAGE, PROT_NONE);
    CHECK(mce_mark_everywhere(start + 1000 * PAGE, PAGE), "a report that a map covers is marked");
    sigaction(SIGSEGV, &before, NULL);
    CHECK(watch.word_when_touched[0] == 0, "the group was counted after the word was set");
    CHECK(watch.word_when_touched[1] == 0, "the pages were counted after the word was set");

    CHECK(lines_of(handle) == 64 && map->groups[1000 / 64] == 1 && gate->poisoned_lines == 64 && gate->marks == marks + 1,
          "one report counts once");
    CHECK(counts[0] == 1 && counts[-1] == 1, "one report counts once in the filter");
    CHECK(mce_mark_everywhere(start + 1000 * PAGE, PAGE), "a repeated report is marked");
    CHECK(mce_map_mark(handle, 1001 * PAGE, 1) == 0 && mce_mark_everywhere(start + 1001 * PAGE, PAGE),
          "a report of a page with a marked line");
    CHECK(lines_of(handle) == 128 && map->groups[1000 / 64] == 2 && gate->poisoned_lines == 128, "only new lines are counted");
    CHECK(counts[1] == 1 && counts[0] == 2, "only new pages are counted in the filter");
    CHECK(!mce_mark_everywhere(start + PAGES * PAGE, PAGE), "a report that no map covers is not marked");
    CHECK(mce_map_destroy(handle) == 0, "destroy");
}

/* A report marks the whole extent that the kernel reports. */
static void extent_is_honoured(void) {
    const uintptr_t start = 0x40000000;
    mce_map_t map = map_over(start, 512 * PAGE);
    int64_t marks = mce_gate_of_process()->marks;
    siginfo_t info = {.si_signo = SIGBUS, .si_code = BUS_MCEERR_AO, .si_addr = (void *)(start + 300 * PAGE)};
    info.si_addr_lsb = 21;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, &info);
    CHECK(lines_of(map) == 512 * 64 && mce_gate_of_process()->marks == marks + 1, "a report of 2 MiB marks %d lines", (int)lines_of(map));
    CHECK(mce_map_destroy(map) == 0, "destroy");
}

static volatile sig_atomic_t inside, let_go;

static void hold(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    inside = 1;
    usleep(50000);
    let_go = 1;
    mprotect((void *)((uintptr_t)info->si_addr & ~(PAGE - 1)), PAGE, PROT_READ | PROT_WRITE);
}

static void *report(void *address) {
    mce_mark_everywhere((uintptr_t)address, PAGE);
    return NULL;
}

/* mce_map_destroy waits for the handlers that use the map before it frees the map. */
static void destroy_waits_for_handlers(void) {
    const uintptr_t start = 0x40000000;
    mce_map_t map = map_over(start, PAGES * PAGE);
    unsigned char *groups = mce_map_find(map)->groups;
    struct sigaction action = {.sa_sigaction = hold, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    mprotect(groups, PAGE, PROT_NONE);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, report, (void *)start) == 0, "a thread");
    while (!inside)
        usleep(100);
    CHECK(mce_map_destroy(map) == 0 && let_go, "mce_map_destroy returned while a handler was marking");
    CHECK(mce_gate_of_process()->poisoned_lines == 0, "what the handler marked is not counted any more");
    pthread_join(thread, NULL);
    sigaction(SIGSEGV, &before, NULL);
}

void reports(void) {
    reports_count_before_they_mark();
    if (!emulated)
        extent_is_honoured();
    destroy_waits_for_handlers();
}
