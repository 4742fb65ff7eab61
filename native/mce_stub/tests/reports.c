#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "reported_poison.h"
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

/*
 * Counts are incremented before the word is set. Otherwise a thread that clears the page in between decrements the count for a line that
 * was not counted yet, and hides another line that shares the count.
 */
static void reports_count_before_they_mark(void) {
    size_t gate_length = (sizeof(struct mce_gate) + PAGE - 1) & ~(PAGE - 1);
    struct mce_gate *gate = (void *)anonymous(gate_length);
    uint8_t *groups = anonymous(PAGE);
    uint64_t *lines = (void *)anonymous(PAGE);
    const uintptr_t start = 0x40000000;
    struct mce_watched_map map = {start, start + 64 * PAGE, start / PAGE, lines, groups};
    CHECK(mce_watch(gate, &map, 1) == 0, "watch");

    watch.page[0] = groups, watch.length[0] = PAGE;
    watch.page[1] = (void *)gate, watch.length[1] = gate_length;
    watch.word = &lines[3];
    watch.word_when_touched[0] = watch.word_when_touched[1] = ~0ul;
    struct sigaction action = {.sa_sigaction = on_touch, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    mprotect(groups, PAGE, PROT_NONE);
    mprotect(gate, gate_length, PROT_NONE);
    CHECK(mce_mark_reported(start + 3 * PAGE, PAGE), "a report that a map covers is marked");
    sigaction(SIGSEGV, &before, NULL);
    CHECK(watch.word_when_touched[0] == 0, "the group was counted after the word was set");
    CHECK(watch.word_when_touched[1] == 0, "the gate was counted after the word was set");

    uint16_t *pages = gate->poisoned_pages;
    CHECK(lines[3] == ~0ul && groups[0] == 1 && gate->poisoned_lines == 64 && gate->marks == 1, "one report counts once");
    CHECK(pages[(uint16_t)(start / PAGE + 3)] == 1 && pages[(uint16_t)(start / PAGE + 2)] == 1, "one report counts once in the filter");
    CHECK(mce_mark_reported(start + 3 * PAGE, PAGE), "a repeated report is marked");
    lines[4] = 1, groups[0] = 2, gate->poisoned_lines = 65, pages[(uint16_t)(start / PAGE + 4)]++, pages[(uint16_t)(start / PAGE + 3)]++;
    CHECK(mce_mark_reported(start + 4 * PAGE, PAGE), "a report of a page with a marked line is marked");
    CHECK(lines[4] == ~0ul && groups[0] == 2 && gate->poisoned_lines == 128, "only new lines are counted");
    CHECK(pages[(uint16_t)(start / PAGE + 4)] == 1 && pages[(uint16_t)(start / PAGE + 3)] == 2, "only new pages are counted in the filter");
    CHECK(!mce_mark_reported(start + 64 * PAGE, PAGE), "a report that no map covers is not marked");
    CHECK(mce_watch(gate, NULL, 0) == 0, "watch nothing");
}

/* A report marks the whole extent that the kernel reports. */
static void extent_is_honoured(void) {
    enum { PAGES = 512 };
    static uint64_t lines[PAGES];
    static uint8_t groups[PAGES / 64];
    static struct mce_gate gate;
    const uintptr_t start = 0x40000000;
    const struct mce_watched_map map = {start, start + PAGES * PAGE, start / PAGE, lines, groups};
    CHECK(mce_watch(&gate, &map, 1) == 0, "watch");
    siginfo_t info = {.si_signo = SIGBUS, .si_code = BUS_MCEERR_AO, .si_addr = (void *)(start + 300 * PAGE)};
    info.si_addr_lsb = 21;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, &info);
    CHECK(gate.poisoned_lines == PAGES * 64 && gate.marks == 1 && lines[0] == ~0ul && lines[PAGES - 1] == ~0ul,
          "a report of 2 MiB marks %ld lines", (long)gate.poisoned_lines);
    CHECK(mce_watch(&gate, NULL, 0) == 0, "watch nothing");
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
    mce_mark_reported((uintptr_t)address, PAGE);
    return NULL;
}

/* mce_watch waits for the handlers that use the former list before it frees the list. */
static void watch_waits_for_handlers(void) {
    static struct mce_gate gate;
    uint8_t *groups = anonymous(PAGE);
    uint64_t *lines = (void *)anonymous(PAGE);
    const uintptr_t start = 0x40000000;
    const struct mce_watched_map map = {start, start + PAGE, start / PAGE, lines, groups};
    CHECK(mce_watch(&gate, &map, 1) == 0, "watch");
    struct sigaction action = {.sa_sigaction = hold, .sa_flags = SA_SIGINFO}, before;
    sigaction(SIGSEGV, &action, &before);
    mprotect(groups, PAGE, PROT_NONE);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, report, (void *)start) == 0, "a thread");
    while (!inside)
        usleep(100);
    CHECK(mce_watch(&gate, NULL, 0) == 0 && let_go, "mce_watch returned while a handler was marking");
    pthread_join(thread, NULL);
    sigaction(SIGSEGV, &before, NULL);
}

void reports(void) {
    reports_count_before_they_mark();
    if (!emulated)
        extent_is_honoured();
    watch_waits_for_handlers();
}
