#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "map_handles.h"
#include "poison_marks.h"
#include "test.h"

enum { PAGES = 5000 }; /* more than maps in the heap have, so that the counts and words are in pages of their own */

/* Observes the order of the stores to a map: what a thread sees when the word of a page is about to change. */
static struct {
    mce_map_t handle;
    const struct mce_map *map;
    uintptr_t page;
    uint64_t word, group, pages[2];
    int64_t lines, marks;
    int stores;
} seen;

static void *words_of_seen(void) { return (void *)((uintptr_t)&seen.map->lines[seen.page] & ~(PAGE - 1)); }

static void see(void) {
    const struct mce_gate *gate = mce_gate_of_process();
    uintptr_t page = seen.map->first_page + seen.page;
    seen.word = seen.map->lines[seen.page];
    seen.group = seen.map->groups[seen.page / 64];
    seen.pages[0] = gate->poisoned_pages[(uint16_t)(page - 1)];
    seen.pages[1] = gate->poisoned_pages[(uint16_t)page];
    seen.lines = gate->poisoned_lines;
    seen.marks = gate->marks;
}

static bool sees(uint64_t word, uint64_t pages, int64_t lines, int64_t marks) {
    return seen.word == word && seen.group == pages && seen.pages[0] == pages && seen.pages[1] == pages && seen.lines == lines &&
           seen.marks == marks;
}

static void on_store(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    see();
    seen.stores++;
    mprotect(words_of_seen(), PAGE, PROT_READ | PROT_WRITE);
}

/*
 * Counts are incremented before the word is set and decremented after it is cleared. Otherwise a thread that clears the page in between
 * decrements the count for a line that was not counted yet, and hides another line that shares the count.
 */
static void counts_are_never_too_low(void) {
    const uintptr_t start = 0x48000000;
    seen.handle = map_over(start, PAGES * PAGE);
    seen.map = mce_map_find(seen.handle);
    seen.page = 1000;
    int64_t marks = mce_gate_of_process()->marks;
    struct sigaction action = {.sa_sigaction = on_store, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);

    mprotect(words_of_seen(), PAGE, PROT_READ);
    CHECK(mce_mark_everywhere(start + 1000 * PAGE, PAGE), "a report that a map covers is marked");
    CHECK(sees(0, 1, 64, marks), "the word was set before it was counted, or after the marks were numbered");
    see();
    CHECK(sees(~UINT64_C(0), 1, 64, marks + 1), "one report counts once");

    mprotect(words_of_seen(), PAGE, PROT_READ);
    CHECK(mce_map_clear(seen.handle, 1000 * PAGE, PAGE) == 0, "clear");
    CHECK(sees(~UINT64_C(0), 1, 64, marks + 1), "the counts went down before the word was cleared");
    see();
    CHECK(sees(0, 0, 0, marks + 1), "what is cleared is not counted");
    mprotect(words_of_seen(), PAGE, PROT_READ);
    CHECK(mce_map_clear(seen.handle, 0, PAGES * PAGE) == 0 && seen.stores == 2, "clearing clean lines stored, which commits memory");
    mprotect(words_of_seen(), PAGE, PROT_READ | PROT_WRITE);

    CHECK(mce_map_mark(seen.handle, 1000 * PAGE + 100, 1) == 0 && mce_mark_everywhere(start + 1000 * PAGE, PAGE), "a line, then its page");
    see();
    CHECK(sees(~UINT64_C(0), 1, 64, marks + 3), "a page with a marked line counts once");
    mprotect(words_of_seen(), PAGE, PROT_READ);
    CHECK(mce_mark_everywhere(start + 1000 * PAGE, PAGE) && seen.stores == 2, "a repeated report is marked, without a store");
    mprotect(words_of_seen(), PAGE, PROT_READ | PROT_WRITE);
    sigaction(SIGSEGV, &before, NULL);
    see();
    CHECK(sees(~UINT64_C(0), 1, 64, marks + 3), "a repeated report changes nothing");
    CHECK(!mce_mark_everywhere(start + PAGES * PAGE, PAGE), "a report that no map covers is not marked");
    CHECK(mce_map_destroy(seen.handle) == 0, "destroy");
    gate_is_clear("a map that was marked");
}

static uintptr_t found;
static int error_of_mark;

static void on_count(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    found = mce_first_poisoned(0x48000000, 0x48000000 + PAGE);
    error_of_mark = mce_map_mark(seen.handle, 0, 1);
    mprotect((void *)((uintptr_t)info->si_addr & ~(PAGE - 1)), PAGE, PROT_READ | PROT_WRITE);
}

/* Nobody finds or marks a map whose marks are being counted down. */
static void destroy_counts_last(void) {
    seen.handle = map_over(0x48000000, PAGES * PAGE);
    CHECK(mce_map_mark(seen.handle, 0, 1) == 0, "mark");
    struct sigaction action = {.sa_sigaction = on_count, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    mprotect(mce_map_find(seen.handle)->groups, PAGE, PROT_NONE);
    CHECK(mce_map_destroy(seen.handle) == 0, "destroy");
    sigaction(SIGSEGV, &before, NULL);
    CHECK(found == 0x48000000 + PAGE && error_of_mark == EBADF, "a map is found (%zx) or marked (%d) while it is counted down",
          (size_t)found, error_of_mark);
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

static atomic_bool inside, let_go;

static void hold(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    inside = true;
    usleep(50000);
    let_go = true;
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
    counts_are_never_too_low();
    destroy_counts_last();
    if (!emulated)
        extent_is_honoured();
    destroy_waits_for_handlers();
}
