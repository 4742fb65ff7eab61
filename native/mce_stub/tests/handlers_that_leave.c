/* Tests libraries that restore what they have found, after ours came back on top of them. Each scenario runs in a child. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "scenario.h"

typedef void handler(int signal, siginfo_t *info, void *context);

/* Libraries 1 to 6 pass on; 0 does not. */
enum { LIBRARIES = 7 };
static struct sigaction found[LIBRARIES];
static volatile int order[64], called, restores_in_handler = -1, installs_in_handler = -1;
static int flags_of_libraries;

static void install(int library);
static void leave(int library) { sigaction(SIGBUS, &found[library], NULL); }

static void on_library(int library, int signal, siginfo_t *info, void *context) {
    REQUIRE(called < 64);
    order[called++] = library;
    if (installs_in_handler == library)
        install(library);
    if (restores_in_handler == library)
        leave(library);
    else if (library > 0)
        found[library].sa_sigaction(signal, info, context);
}
#define ALL_LIBRARIES(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6)
#define FUNCTION(n)                                                                                                                        \
    static void library_##n(int signal, siginfo_t *info, void *context) { on_library(n, signal, info, context); }
#define ENTRY(n) library_##n,
ALL_LIBRARIES(FUNCTION)
static handler *const libraries[LIBRARIES] = {ALL_LIBRARIES(ENTRY)};

static void install(int library) {
    const struct sigaction action = {.sa_sigaction = libraries[library], .sa_flags = SA_SIGINFO | flags_of_libraries};
    sigaction(SIGBUS, &action, &found[library]);
}

static void begin_under(int count) {
    prepare();
    mce_disable(SIGBUS);
    install(0);
    REQUIRE(mce_enable(SIGBUS) == 0);
    for (int library = 1; library <= count; library++) {
        install(library);
        REQUIRE(mce_reinstall(SIGBUS) == 0);
    }
}

static bool sends_through(int count, const int *expected) {
    called = 0;
    raise(SIGBUS);
    bool right = called == count;
    for (int i = 0; i < count && right; i++)
        right = order[i] == expected[i];
    return right;
}
#define SENDS_THROUGH(...) sends_through((int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[]){__VA_ARGS__})

static void touch_truncated(void) {
    volatile unsigned char *p = truncated(PAGE, PAGE);
    (void)p[PAGE];
}

static handler *current(void) {
    struct sigaction action;
    sigaction(SIGBUS, NULL, &action);
    return action.sa_sigaction;
}

/* As crash reporters answer a fault: the instruction faults again, and the next handler gets it. */
static void a_fault_that_is_given_back(void) {
    begin_under(1);
    signal(SIGBUS, SIG_DFL);
    REQUIRE(mce_reinstall(SIGBUS) == 0);
    for (int library = 1; library <= 6; library++) {
        install(library);
        REQUIRE(mce_reinstall(SIGBUS) == 0);
    }
    restores_in_handler = 6;
    touch_truncated();
}
static void a_signal_that_is_given_back(void) {
    begin_under(3);
    restores_in_handler = 3;
    REQUIRE(SENDS_THROUGH(3) && recovers());
    REQUIRE(SENDS_THROUGH(2, 1, 0) && SENDS_THROUGH(2, 1, 0) && position() == MCE_ON_TOP && recovers());
}

static void in_order(void) {
    begin_under(6);
    REQUIRE(SENDS_THROUGH(6, 5, 4, 3, 2, 1, 0));
    leave(6);
    REQUIRE(SENDS_THROUGH(5, 4, 3, 2, 1, 0) && recovers());
    leave(5);
    leave(4);
    REQUIRE(SENDS_THROUGH(3, 2, 1, 0));
    leave(3);
    REQUIRE(mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(2, 1, 0));
    install(3);
    REQUIRE(SENDS_THROUGH(3, 2, 1, 0));
    leave(3);
    leave(2);
    leave(1);
    REQUIRE(SENDS_THROUGH(0) && position() == MCE_ON_TOP && recovers());
}

/* mce_disable must not restore a function that has left. */
static void then_disabled(void) {
    begin_under(2);
    leave(2);
    REQUIRE(mce_disable(SIGBUS) == 0 && SENDS_THROUGH(1, 0));
    REQUIRE(current() == library_1);
}

/* What it restores is the last that it has found: ours over itself. It is still called, once. */
static void installed_again_in_between(void) {
    begin_under(2);
    installs_in_handler = 2;
    REQUIRE(SENDS_THROUGH(2, 1, 0) && position() == MCE_ON_TOP);
    installs_in_handler = -1;
    REQUIRE(SENDS_THROUGH(2, 1, 0));
    leave(2);
    REQUIRE(SENDS_THROUGH(2, 1, 0) && recovers());
}

/* The function below all others was there first: nobody who restores ours has restored what is below it. */
static void the_lowest_stays(void) {
    begin_under(0);
    for (int i = 0; i < 5; i++) {
        install(1);
        sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = library_0, .sa_flags = SA_SIGINFO}, NULL);
        REQUIRE(mce_reinstall(SIGBUS) == 0);
        leave(1);
        REQUIRE(SENDS_THROUGH(0) && recovers());
        REQUIRE(mce_disable(SIGBUS) == 0 && mce_enable(SIGBUS) == 0);
    }
}

/* The kernel resets the action of a library over ours before it calls that library. The default action stays, as without ours. */
static void reset_over_ours(void) {
    begin_under(0);
    flags_of_libraries = (int)SA_RESETHAND;
    install(1);
    REQUIRE(SENDS_THROUGH(1, 0) && position() == MCE_REMOVED && current() == (handler *)(uintptr_t)SIG_DFL);
    REQUIRE(mce_reinstall(SIGBUS) == 0 && recovers());
}

/* signal() restores a function without its flags: it then gets no siginfo. */
static void plain(int signal) { (void)signal; }
static void restored_without_flags(void) {
    begin_under(2);
    signal(SIGBUS, signal(SIGBUS, plain));
    REQUIRE(position() == MCE_REMOVED);
    REQUIRE(mce_reinstall(SIGBUS) == 0 && position() == MCE_ON_TOP && recovers() && SENDS_THROUGH(2, 1, 0));
    signal(SIGBUS, signal(SIGBUS, plain));
    REQUIRE(mce_enable(SIGBUS) == 0 && recovers() && SENDS_THROUGH(2, 1, 0));
    mce_disable(SIGBUS);
    signal(SIGBUS, signal(SIGBUS, plain));
    REQUIRE(mce_disable(SIGBUS) == 0 && SENDS_THROUGH(2, 1, 0));
}

/* On an alternate stack the contexts of two signals have the same address, and the second comes to ours from a library. */
static sigjmp_buf back;
static void jumping(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    siglongjmp(back, 1);
}
static void left_by_a_jump(void) {
    const stack_t stack = {.ss_sp = anonymous(16 * PAGE), .ss_size = 16 * PAGE};
    REQUIRE(sigaltstack(&stack, NULL) == 0);
    flags_of_libraries = SA_ONSTACK;
    begin_under(1);
    const struct sigaction ours = found[1];
    found[1].sa_sigaction = jumping;
    if (sigsetjmp(back, 1) == 0)
        raise(SIGBUS);
    found[1] = ours;
    install(2);
    REQUIRE(SENDS_THROUGH(2, 1, 0));
}

#ifdef __GLIBC__ /* musl has no makecontext. */
/* A library that passes on on a stack of its own, at a higher address. */
static struct {
    ucontext_t before, other;
    int signal;
    siginfo_t *info;
    void *context;
} switched;
static void on_own_stack(void) { found[2].sa_sigaction(switched.signal, switched.info, switched.context); }
static void switching(int signal, siginfo_t *info, void *context) {
    static unsigned char *stack;
    order[called++] = 2;
    REQUIRE(!stack && getcontext(&switched.other) == 0);
    stack = anonymous(64 * PAGE);
    switched.signal = signal, switched.info = info, switched.context = context;
    switched.other.uc_stack = (stack_t){.ss_sp = stack, .ss_size = 64 * PAGE};
    switched.other.uc_link = &switched.before;
    makecontext(&switched.other, on_own_stack, 0);
    swapcontext(&switched.before, &switched.other);
}
static void on_another_stack(void) {
    unsigned char *low = anonymous(64 * PAGE), *high = anonymous(64 * PAGE);
    /* The library's stack must be above this one. */
    const stack_t stack = {.ss_sp = low < high ? low : high, .ss_size = 64 * PAGE};
    munmap(low < high ? high : low, 64 * PAGE);
    REQUIRE(sigaltstack(&stack, NULL) == 0);
    flags_of_libraries = SA_ONSTACK;
    begin_under(1);
    sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = switching, .sa_flags = SA_SIGINFO | SA_ONSTACK}, &found[2]);
    REQUIRE(mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(2, 1, 0));
}
#endif

/* Libraries come, leave in order, and come back at random; clients and ours too. Each library that is there is called once for a signal. */
static void at_random(void) {
    uint64_t random = 3;
    int there[LIBRARIES], count = 0, above = 0, expected[LIBRARIES];
    bool is_there[LIBRARIES] = {false};
    begin_under(0);
    handler *const ours = current();
    for (int step = 0; step < 3000; step++) {
        int library = 1 + (int)(next_random(&random) % (LIBRARIES - 1));
        switch (next_random(&random) % 5) {
        case 0:
            if (!is_there[library]) {
                if (next_random(&random) % 8 != 0) {
                    REQUIRE(mce_reinstall(SIGBUS) == 0);
                    above = 0;
                }
                install(library);
                is_there[library] = true, there[count++] = library, above++;
            }
            break;
        case 1:
            /* The last one to come. It must have found ours, or ours must not have come back since: nobody can see that it left otherwise.
             */
            if (count > 0 && (above > 0 || found[there[count - 1]].sa_sigaction == ours)) {
                leave(there[--count]);
                is_there[there[count]] = false, above -= above > 0;
            }
            break;
        case 2:
            REQUIRE(mce_reinstall(SIGBUS) == 0);
            above = 0;
            break;
        case 3:
            REQUIRE(mce_enable(SIGBUS) == 0 && mce_disable(SIGBUS) == 0);
            above = 0;
            break;
        case 4:
            /* The last client: then what was directly below ours is on top, or the handler passes on under another. */
            REQUIRE(mce_disable(SIGBUS) == 0 && position() == MCE_NOT_ENABLED);
            for (int i = 0; i < count; i++)
                expected[i] = there[count - 1 - i];
            expected[count] = 0;
            REQUIRE(sends_through(count + 1, expected) && mce_enable(SIGBUS) == 0);
            above = 0;
            break;
        }
        for (int i = 0; i < count; i++)
            expected[i] = there[count - 1 - i];
        expected[count] = 0;
        REQUIRE(sends_through(count + 1, expected));
        REQUIRE(recovers() && position() == (above > 0 ? MCE_COVERED : MCE_ON_TOP));
    }
}

void handlers_that_leave(void) {
    CHECK(outcome_of(a_fault_that_is_given_back) == -SIGBUS, "a fault that a library gives back ends the process");
    CHECK(outcome_of(a_signal_that_is_given_back) == 0, "a library that gives a signal back is not called again");
    CHECK(outcome_of(in_order) == 0, "libraries that leave in order are not called again");
    CHECK(outcome_of(then_disabled) == 0, "disabled after a library left, the action below that library is restored");
    CHECK(outcome_of(installed_again_in_between) == 0, "a library that has installed itself twice leaves");
    CHECK(outcome_of(the_lowest_stays) == 0, "the function that was there first stays");
    CHECK(outcome_of(reset_over_ours) == 0, "a library over ours is reset at its signal, and ours does not come back by itself");
    CHECK(outcome_of(restored_without_flags) == 0, "ours is restored without its flags, and installed again");
    CHECK(outcome_of(left_by_a_jump) == 0, "a library leaves by siglongjmp, and another comes, on an alternate stack");
#ifdef __GLIBC__
    CHECK(outcome_of(on_another_stack) == 0, "a library passes on on another stack");
#endif
    CHECK(outcome_of(at_random) == 0, "libraries come and leave at random");
}
