/* Tests that the previous handler gets what it would get without ours: compares the two, for every combination of flags and masks. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "scenario.h"

/* What a handler sees, and what is left after it. */
struct observation {
    int calls, signal, code, value, blocked[4], blocked_in_context[4], blocked_after[4], on_alternate_stack, reads, errno_after,
        flags_after;
    void *address, *pc;
    void (*function_after)(int);
};
static struct observation seen;
static const int signals_observed[4] = {SIGBUS, SIGSEGV, SIGUSR1, SIGUSR2};

static unsigned char *alternate_stack, *page;
static int file, pipe_ends[2];

static void observe_mask(const sigset_t *mask, int *blocked) {
    for (int i = 0; i < 4; i++)
        blocked[i] = sigismember(mask, signals_observed[i]);
}

static void observe_handler(int signal) {
    sigset_t mask;
    unsigned char *here = (unsigned char *)&mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    observe_mask(&mask, seen.blocked);
    seen.calls++;
    seen.signal = signal;
    seen.on_alternate_stack = here >= alternate_stack && here < alternate_stack + 16 * PAGE;
    /* Ends a fault, and a call of read that is restarted. */
    REQUIRE(ftruncate(file, PAGE) == 0 && write(pipe_ends[1], "x", 1) == 1);
    errno = ENOTTY;
}

static void plain(int signal) { observe_handler(signal); }

static void with_information(int signal, siginfo_t *info, void *context) {
    observe_handler(signal);
    ucontext_t *at = context;
    seen.code = info->si_code;
    if (info->si_code == SI_QUEUE)
        seen.value = info->si_value.sival_int;
    else if (info->si_code > 0 && info->si_code != SI_KERNEL)
        seen.address = info->si_addr;
    observe_mask(&at->uc_sigmask, seen.blocked_in_context);
#ifdef __x86_64__
    seen.pc = (void *)at->uc_mcontext.gregs[REG_RIP];
#else
    seen.pc = (void *)at->uc_mcontext.pc;
#endif
}

static void fault(void) { seen.value = *(volatile unsigned char *)page; }
static void queue(void) { sigqueue(getpid(), SIGBUS, (union sigval){.sival_int = 12345}); }
static void interrupt_read(void) {
    char byte;
    const struct itimerspec soon = {.it_value = {0, 20000000}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGBUS};
    timer_t timer;
    REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &soon, NULL) == 0);
    seen.reads = (int)read(pipe_ends[0], &byte, 1);
    timer_delete(timer);
}

static struct observation observe(void (*happen)(void)) {
    sigset_t mask;
    struct sigaction after;
    seen = (struct observation){0};
    REQUIRE(ftruncate(file, 0) == 0);
    errno = 77;
    happen();
    seen.errno_after = errno;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    observe_mask(&mask, seen.blocked_after);
    if (seen.reads <= 0 && seen.calls > 0) {
        char byte;
        REQUIRE(read(pipe_ends[0], &byte, 1) == 1);
    }
    mce_disable(SIGBUS);
    sigaction(SIGBUS, NULL, &after);
    seen.function_after = after.sa_handler;
    /* The kernel keeps the flags of an action that it has reset. */
    seen.flags_after = after.sa_handler == SIG_DFL ? 0 : after.sa_flags;
    return seen;
}

static void begin(void) {
    mce_disable(SIGBUS);
    alternate_stack = anonymous(16 * PAGE);
    const stack_t stack = {.ss_sp = alternate_stack, .ss_size = 16 * PAGE};
    file = memfd_create("test", 0);
    REQUIRE(sigaltstack(&stack, NULL) == 0 && pipe(pipe_ends) == 0);
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}

static void set(int flags, int blocks) {
    struct sigaction action = {.sa_flags = flags};
    if (flags & SA_SIGINFO)
        action.sa_sigaction = with_information;
    else
        action.sa_handler = plain;
    if (blocks != 0)
        sigaddset(&action.sa_mask, blocks);
    REQUIRE(sigaction(SIGBUS, &action, NULL) == 0);
}

static const int all_flags[] = {SA_SIGINFO, SA_NODEFER, SA_ONSTACK, (int)SA_RESETHAND, SA_RESTART};

static void compare_all(void (*happen)(void)) {
    begin();
    for (int combination = 0; combination < 32; combination++) {
        int flags = 0;
        for (int i = 0; i < 5; i++)
            flags |= combination >> i & 1 ? all_flags[i] : 0;
        for (int masks = 0; masks < 4; masks++) {
            sigset_t interrupted;
            sigemptyset(&interrupted);
            if (masks & 1)
                sigaddset(&interrupted, SIGUSR2);
            sigprocmask(SIG_SETMASK, &interrupted, NULL);
            set(flags, masks & 2 ? SIGUSR1 : 0);
            const struct observation without = observe(happen);
            set(flags, masks & 2 ? SIGUSR1 : 0);
            REQUIRE(mce_enable(SIGBUS) == 0);
            struct observation with = observe(happen);
            /* Ours keeps errno, whatever the previous handler does with it. */
            if (with.errno_after == 77)
                with.errno_after = without.errno_after;
            if (memcmp(&without, &with, sizeof with) != 0)
                printf("flags %x, masks %d\n", (unsigned)flags, masks);
            REQUIRE(without.calls == 1 && memcmp(&without, &with, sizeof with) == 0);
        }
    }
}
static void of_a_fault(void) { compare_all(fault); }
static void of_a_queued_signal(void) { compare_all(queue); }

static void of_a_system_call(void) {
    begin();
    for (int restarts = 0; restarts < 2; restarts++) {
        for (int ours = 0; ours < 2; ours++) {
            set(restarts ? SA_RESTART : 0, 0);
            REQUIRE(!ours || mce_enable(SIGBUS) == 0);
            const struct observation after = observe(interrupt_read);
            REQUIRE(after.calls == 1 && after.reads == (restarts ? 1 : -1));
        }
    }
}

void previous_handler(void) {
    CHECK(outcome_of(of_a_fault) == 0, "the previous handler sees of a fault what it would see without ours");
    CHECK(outcome_of(of_a_queued_signal) == 0, "the previous handler sees of a queued signal what it would see without ours");
    if (!emulated)
        CHECK(outcome_of(of_a_system_call) == 0, "system calls are interrupted or restarted as without ours");
}
