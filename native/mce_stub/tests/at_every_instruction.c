/*
 * Tests that another handler may interrupt ours at any instruction. A tracer steps through the handler, once for each instruction of it,
 * and there sends SIGUSR2, whose handler copies, sends signals, changes handlers, or unwinds the stack.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unwind.h>

#include "scenario.h"

typedef void handler(int signal, siginfo_t *info, void *context);

enum { MOST_INSTRUCTIONS = 4000 };
#ifdef __x86_64__
#define PC rip
#define BREAKPOINT 0xccl
#define BREAKPOINT_MASK 0xffl
#else
#define PC pc
#define BREAKPOINT 0xd4200000l
#define BREAKPOINT_MASK 0xffffffffl
#endif

static pid_t child;
static int status;
static volatile bool has_acted;
static volatile int interruptions, right, called[3], order[64], orders;
static struct sigaction below[3];
static unsigned char *none;

/* What is interrupted. */

static size_t remaining;
static unsigned char out[300];
static void copy_lost(void) {
    struct mce_fault fault;
    remaining = mce_copy(out, lost, sizeof out, &fault);
}
static void copy_protected(void) {
    struct mce_fault fault;
    remaining = mce_copy(out, none, 200, &fault);
}
static void send(void) { raise(SIGBUS); }

static bool copied_lost(void) { return remaining == sizeof out - 100 && memcmp(out, lost, 100) == 0; }
static bool copied_protected(void) { return remaining == 200; }

/* Libraries. */

static void pass_down(int library, int signal, siginfo_t *info, void *context) {
    called[library]++;
    order[orders++ % 64] = library;
    if (below[library].sa_flags & SA_SIGINFO)
        below[library].sa_sigaction(signal, info, context);
}
static void library_0(int signal, siginfo_t *info, void *context) { pass_down(0, signal, info, context); }
static void library_1(int signal, siginfo_t *info, void *context) { pass_down(1, signal, info, context); }
static void library_2(int signal, siginfo_t *info, void *context) { pass_down(2, signal, info, context); }
static handler *const libraries[] = {library_0, library_1, library_2};

static void install(int library, int flags) {
    const struct sigaction action = {.sa_sigaction = libraries[library], .sa_flags = SA_SIGINFO | flags};
    sigaction(SIGBUS, &action, &below[library]);
}

static void over_one(void) {
    mce_disable(SIGBUS);
    signal(SIGBUS, SIG_IGN);
    install(0, 0);
    REQUIRE(mce_enable(SIGBUS) == 0);
}
static void over_three(void) {
    over_one();
    for (int library = 1; library < 3; library++) {
        install(library, 0);
        REQUIRE(mce_reinstall(SIGBUS) == 0);
    }
}
static void nothing(void) {}
static void on_alternate_stack(void) {
    const stack_t stack = {.ss_sp = anonymous(16 * PAGE), .ss_size = 16 * PAGE};
    REQUIRE(sigaltstack(&stack, NULL) == 0);
}

/* What interrupts. */

static void copies_both(void) {
    struct mce_fault fault;
    unsigned char other[200];
    /* What is interrupted may block SIGBUS: a library below ours. */
    mce_prepare_thread();
    right += recovers() && mce_copy(other, none, sizeof other, &fault) == sizeof other;
}
static void sends(void) {
    raise(SIGBUS);
    right++;
}
/* Both halves of the chain change. */
static void changes_handlers(void) {
    install(1, 0);
    right += mce_reinstall(SIGBUS) == 0;
    install(2, 0);
    right += mce_reinstall(SIGBUS) == 0;
    right--;
}
static void disables(void) { right += mce_disable(SIGBUS) == 0; }

#ifdef __GLIBC__ /* musl-gcc's static unwinder is the one for glibc, and aborts. */
static _Unwind_Reason_Code look_for_main(struct _Unwind_Context *context, void *found) {
    extern int main(int count, char **arguments);
    if (_Unwind_FindEnclosingFunction((void *)_Unwind_GetIP(context)) == (void *)(uintptr_t)main)
        *(bool *)found = true;
    return _URC_NO_REASON;
}
static void unwinds(void) {
    bool found = false;
    _Unwind_Backtrace(look_for_main, &found);
    right += found;
}
#endif

/* What was called, once for each signal. */

static bool one_called(void) { return called[0] == 1; }
static bool one_called_twice(void) { return called[0] == 2; }
static bool each_called_twice(void) { return called[0] == 2 && called[1] == 2 && called[2] == 2; }
static bool lowest_called_last(void) { return called[0] == 1 && order[orders - 1] == 0; }
static bool called_and_disabled(void) {
    bool is_right = called[0] == 1 && position() == MCE_NOT_ENABLED;
    REQUIRE(mce_enable(SIGBUS) == 0 && recovers());
    return is_right;
}

static const struct interruption {
    const char *promise;
    void (*set_up)(void), (*act)(void), (*interrupt)(void);
    bool (*is_right)(void);
} interruptions_of[] = {
    {"a copy interrupts a recovery", nothing, copy_lost, copies_both, copied_lost},
    {"a copy interrupts a recovery on an alternate stack", on_alternate_stack, copy_lost, copies_both, copied_lost},
    {"a copy interrupts a recovery from SIGSEGV", nothing, copy_protected, copies_both, copied_protected},
    {"a copy interrupts a signal that is passed on", over_one, send, copies_both, one_called},
    {"a signal interrupts a recovery", over_one, copy_lost, sends, copied_lost},
    {"a signal interrupts a signal", over_one, send, sends, one_called_twice},
    {"a signal interrupts a signal of three libraries", over_three, send, sends, each_called_twice},
    {"libraries change their order while a signal is passed on", over_three, send, changes_handlers, lowest_called_last},
    {"recovery is disabled while a signal is passed on", over_one, send, disables, called_and_disabled},
#ifdef __GLIBC__
    {"an unwinder that interrupts a recovery reaches main", nothing, copy_lost, unwinds, copied_lost},
#endif
};

static const struct interruption *current;

static void on_interruption(int signal) {
    (void)signal;
    interruptions++;
    current->interrupt();
}

/* The tracer lets the process go on from each stop. */
static void act_and_stop(void) {
    current->set_up();
    sigaction(SIGUSR2, &(struct sigaction){.sa_handler = on_interruption, .sa_flags = SA_ONSTACK}, NULL);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(UNAVAILABLE);
    for (;;) {
        interruptions = right = called[0] = called[1] = called[2] = orders = 0;
        has_acted = false;
        raise(SIGSTOP);
        current->act();
        has_acted = true;
        raise(SIGSTOP);
        REQUIRE(interruptions <= 1 && interruptions == right && (interruptions == 0 || current->is_right()));
    }
}

/* Goes on to the next stop. Returns its signal, or 0 if the process has ended. */
static int go_on(int how, int with_signal) {
    ptrace(how, child, NULL, with_signal);
    waitpid(child, &status, 0);
    return WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

static struct user_regs_struct registers(void) {
    struct user_regs_struct all;
    struct iovec room = {&all, sizeof all};
    ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &room);
    return all;
}

/* The addresses of the instructions from the delivery of the signal to the end of the act, each once. */
static int trace_handler(uintptr_t *addresses) {
    int count = 0;
    for (int signal = go_on(PTRACE_CONT, 0); signal != 0 && signal != SIGSTOP;) {
        signal = go_on(PTRACE_SINGLESTEP, signal == SIGTRAP ? 0 : signal);
        if (ptrace(PTRACE_PEEKDATA, child, &has_acted, NULL) & 0xff)
            break;
        const struct user_regs_struct now = registers();
        int i = 0;
        while (i < count && addresses[i] != now.PC)
            i++;
        if (i == count && count < MOST_INSTRUCTIONS)
            addresses[count++] = now.PC;
    }
    return count;
}

/* Interrupts the handler at its first arrival at the address, and goes on to the end of the round. */
static void interrupt_at(uintptr_t address) {
    int signal = go_on(PTRACE_CONT, 0);
    const long code = ptrace(PTRACE_PEEKTEXT, child, address, NULL);
    ptrace(PTRACE_POKETEXT, child, address, (code & ~BREAKPOINT_MASK) | BREAKPOINT);
    while (signal != 0 && signal != SIGTRAP && signal != SIGSTOP)
        signal = go_on(PTRACE_CONT, signal);
    if (signal == 0)
        return;
    ptrace(PTRACE_POKETEXT, child, address, code);
    if (signal == SIGTRAP) {
        struct user_regs_struct now = registers();
        struct iovec room = {&now, sizeof now};
        now.PC = address;
        ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &room);
        signal = SIGUSR2;
    }
    while (signal != 0 && signal != SIGSTOP)
        signal = go_on(PTRACE_CONT, signal);
}

/* To the start of the next round. */
static bool begins(void) { return go_on(PTRACE_CONT, 0) == SIGSTOP; }

static void check(const struct interruption *interruption) {
    static uintptr_t addresses[MOST_INSTRUCTIONS];
    int count = 0, n = 0;
    current = interruption;
    prepare();
    none = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(300);
        act_and_stop();
    }
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == UNAVAILABLE) {
        printf("%s: skipped, ptrace is not allowed\n", interruption->promise);
        return;
    }
    ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL);
    if (WIFSTOPPED(status)) {
        count = trace_handler(addresses);
        while (WIFSTOPPED(status) && WSTOPSIG(status) != SIGSTOP)
            go_on(PTRACE_CONT, 0);
    }
    while (WIFSTOPPED(status) && begins() && n < count)
        interrupt_at(addresses[n++]);
    CHECK(WIFSTOPPED(status) && count > 50, "%s: ended with status %x at %zx, instruction %d of %d", interruption->promise, status,
          (size_t)addresses[n - 1], n, count);
    if (getenv("VERBOSE"))
        printf("%s: %d instructions\n", interruption->promise, count);
    if (WIFSTOPPED(status)) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
}

void at_every_instruction(void) {
    for (size_t i = 0; i < sizeof interruptions_of / sizeof *interruptions_of; i++)
        check(&interruptions_of[i]);
}
