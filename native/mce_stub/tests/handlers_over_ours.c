/* Tests handlers that other libraries install over ours, and how ours comes back on top. Each scenario runs in a child. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

#include "scenario.h"

typedef void handler(int signal, siginfo_t *info, void *context);

enum { LIBRARIES = 17 };
static struct sigaction below[LIBRARIES];
static volatile int order[64], called;
static volatile bool nests;
static int flags_of_libraries;

static void pass_down(int library, int signal, siginfo_t *info, void *context) {
    REQUIRE(called < 64);
    order[called++] = library;
    if (nests && library == 1) {
        nests = false;
        raise(SIGBUS);
    }
    if (below[library].sa_flags & SA_SIGINFO)
        below[library].sa_sigaction(signal, info, context);
}
#define ALL_LIBRARIES(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)
#define FUNCTION(n)                                                                                                                        \
    static void library_##n(int signal, siginfo_t *info, void *context) { pass_down(n, signal, info, context); }
#define ENTRY(n) library_##n,
ALL_LIBRARIES(FUNCTION)
static handler *const libraries[LIBRARIES] = {ALL_LIBRARIES(ENTRY)};

static void install(int library) {
    const struct sigaction action = {.sa_sigaction = libraries[library], .sa_flags = SA_SIGINFO | flags_of_libraries};
    sigaction(SIGBUS, &action, &below[library]);
}

static bool sends_through(int count, const int *libraries_in_order) {
    called = 0;
    raise(SIGBUS);
    bool right = called == count;
    for (int i = 0; i < count && right; i++)
        right = order[i] == libraries_in_order[i];
    return right;
}
#define SENDS_THROUGH(...) sends_through((int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[]){__VA_ARGS__})

static void begin_over(int library) {
    prepare();
    mce_disable(SIGBUS);
    signal(SIGBUS, SIG_IGN);
    if (library >= 0)
        install(library);
    REQUIRE(position() == MCE_NOT_ENABLED && mce_enable(SIGBUS) == 0);
}

static void three_libraries_in_turn(void) {
    begin_over(0);
    REQUIRE(position() == MCE_ON_TOP && SENDS_THROUGH(0));
    install(1);
    REQUIRE(position() == MCE_COVERED && SENDS_THROUGH(1, 0));
    REQUIRE(mce_reinstall(SIGBUS) == 0 && position() == MCE_ON_TOP && SENDS_THROUGH(1, 0));
    install(2);
    REQUIRE(position() == MCE_COVERED && SENDS_THROUGH(2, 1, 0));
    REQUIRE(mce_reinstall(SIGBUS) == 0 && mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(2, 1, 0));
    called = 0;
    REQUIRE(recovers() && called == 0);
    /* A library reinstalls itself. */
    install(1);
    REQUIRE(mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(1, 2, 0));
    REQUIRE(mce_disable(SIGBUS) == 0 && position() == MCE_NOT_ENABLED);
    /* On top without ours over it, it is not known to be the one below ours, and called again; but only once. */
    REQUIRE(SENDS_THROUGH(1, 2, 1, 0));
    struct sigaction now;
    sigaction(SIGBUS, NULL, &now);
    REQUIRE(now.sa_sigaction == library_1);
}

/* Below a library that calls it, ours does not call that library. */
static void called_twice_for_a_signal(void) {
    begin_over(-1);
    install(1);
    REQUIRE(SENDS_THROUGH(1) && SENDS_THROUGH(1) && recovers() && order[called - 1] == 1);
}

static sigjmp_buf back;
static void jumping(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    siglongjmp(back, 1);
}
/* A function that leaves by siglongjmp does not make the next signal look like the same one. */
static void a_library_leaves_by_a_jump(void) {
    begin_over(0);
    install(1);
    REQUIRE(mce_reinstall(SIGBUS) == 0);
    for (volatile int i = 0; i < 3; i++) {
        below[1].sa_sigaction = jumping;
        if (sigsetjmp(back, 1) == 0)
            raise(SIGBUS);
        REQUIRE(called >= 1 && order[called - 1] == 1);
        struct sigaction ours;
        sigaction(SIGBUS, NULL, &ours);
        below[1].sa_sigaction = ours.sa_sigaction;
        REQUIRE(SENDS_THROUGH(1, 0));
    }
}

static void a_signal_within_a_signal(void) {
    flags_of_libraries = SA_NODEFER;
    begin_over(0);
    install(1);
    REQUIRE(mce_reinstall(SIGBUS) == 0);
    for (int i = 0; i < 3; i++) {
        nests = true;
        REQUIRE(SENDS_THROUGH(1, 1, 0, 0));
    }
}

/* As crash reporters do at a fault: the fault comes again, and the next handler gets it. */
static void restoring(int signal, siginfo_t *info, void *context) {
    (void)info, (void)context;
    order[called++] = 1;
    sigaction(signal, &below[1], NULL);
}
static void a_library_restores_what_it_found(void) {
    prepare();
    mce_disable(SIGBUS);
    signal(SIGBUS, SIG_DFL);
    REQUIRE(mce_enable(SIGBUS) == 0);
    sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = restoring, .sa_flags = SA_SIGINFO}, &below[1]);
    REQUIRE(mce_reinstall(SIGBUS) == 0 && recovers() && called == 0);
    (void)*(volatile const unsigned char *)(lost + 100);
}
static void a_library_removes_itself(void) {
    begin_over(0);
    install(1);
    REQUIRE(mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(1, 0));
    sigaction(SIGBUS, &below[1], NULL);
    REQUIRE(position() == MCE_ON_TOP && recovers() && SENDS_THROUGH(0) && mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(0));
}

/* signal(3) knows no SA_SIGINFO. */
static void restored_by_signal(void) {
    begin_over(0);
    REQUIRE(recovers());
    void (*ours)(int) = signal(SIGBUS, SIG_IGN);
    signal(SIGBUS, ours);
    REQUIRE(position() == MCE_REMOVED && mce_reinstall(SIGBUS) == 0 && position() == MCE_ON_TOP && recovers() && SENDS_THROUGH(0));
}
#ifdef __x86_64__
/* Nor does the kernel say then what was lost: a copy must not recover by what it said before. */
static void fault_without_information(void) {
    begin_over(-1);
    REQUIRE(recovers());
    signal(SIGBUS, signal(SIGBUS, SIG_DFL));
    alarm(2);
    recovers();
}
#endif

/* A function over ours goes on with its own mask after ours has called the one below with that one's. */
static volatile bool blocked_below, blocked_after;
static bool is_blocked(int signal) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, signal) == 1;
}
static void with_a_mask(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info, (void)context;
    blocked_below = is_blocked(SIGUSR1);
}
static void going_on(int signal, siginfo_t *info, void *context) {
    below[1].sa_sigaction(signal, info, context);
    blocked_after = is_blocked(SIGUSR1);
}
static void masks_of_each(void) {
    begin_over(-1);
    mce_disable(SIGBUS);
    struct sigaction masked = {.sa_sigaction = with_a_mask, .sa_flags = SA_SIGINFO};
    sigaddset(&masked.sa_mask, SIGUSR1);
    sigaction(SIGBUS, &masked, NULL);
    REQUIRE(mce_enable(SIGBUS) == 0);
    sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = going_on, .sa_flags = SA_SIGINFO}, &below[1]);
    raise(SIGBUS);
    REQUIRE(blocked_below && !blocked_after);
}

static void too_many_libraries(void) {
    begin_over(0);
    for (int library = 1; library < LIBRARIES - 2; library++) {
        install(library);
        REQUIRE(mce_reinstall(SIGBUS) == 0);
    }
    REQUIRE(SENDS_THROUGH(14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    /* The last one is not called any more. */
    for (int library = LIBRARIES - 2; library < LIBRARIES; library++) {
        install(library);
        REQUIRE(mce_reinstall(SIGBUS) == 0 && position() == MCE_ON_TOP && recovers());
        REQUIRE(SENDS_THROUGH(library, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    }
    /* A reset ends the chain. */
    signal(SIGBUS, SIG_DFL);
    REQUIRE(position() == MCE_REMOVED && mce_reinstall(SIGBUS) == 0 && recovers());
    raise(SIGBUS);
}

/* As plugins that are loaded and unloaded. */
static void many_libraries_one_after_another(void) {
    begin_over(0);
    for (int turn = 0; turn < 3; turn++) {
        for (int library = 1; library < LIBRARIES; library++) {
            install(library);
            REQUIRE(mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(library, 0));
            sigaction(SIGBUS, &below[library], NULL);
            REQUIRE(mce_reinstall(SIGBUS) == 0 && SENDS_THROUGH(0) && recovers());
        }
    }
    for (int library = LIBRARIES - 4; library < LIBRARIES; library++) {
        install(library);
        REQUIRE(mce_reinstall(SIGBUS) == 0);
    }
    REQUIRE(SENDS_THROUGH(LIBRARIES - 1, LIBRARIES - 2, LIBRARIES - 3, LIBRARIES - 4, 0));
}

static void states(void) {
    struct mce_handler_state state;
    begin_over(0);
    mce_disable(SIGSEGV);
    REQUIRE(mce_handler_state(SIGUSR1, &state) == EINVAL && mce_handler_state(SIGBUS, NULL) == EINVAL);
    REQUIRE(mce_reinstall(SIGUSR1) == EINVAL && mce_reinstall(SIGSEGV) == ESRCH && mce_disable(SIGUSR1) == EINVAL);
    REQUIRE(mce_enable(SIGBUS) == 0 && mce_handler_state(SIGBUS, &state) == 0 && state.clients == 2 && state.position == MCE_ON_TOP);
    install(1);
    REQUIRE(mce_handler_state(SIGBUS, &state) == 0 && state.function == (const void *)(uintptr_t)library_1 &&
            state.position == MCE_COVERED);
    signal(SIGBUS, SIG_IGN);
    REQUIRE(mce_handler_state(SIGBUS, &state) == 0 && state.function == NULL && state.position == MCE_REMOVED);
    REQUIRE(mce_handler_state(SIGSEGV, &state) == 0 && state.position == MCE_NOT_ENABLED && state.clients == 0);
}

static volatile sig_atomic_t enabled;
static void enabling(int signal) {
    (void)signal;
    enabled += mce_enable(SIGBUS) == 0 && mce_reinstall(SIGBUS) == 0 && position() == MCE_ON_TOP && mce_disable(SIGBUS) == 0;
}
static void enabled_in_a_handler(void) {
    begin_over(0);
    signal(SIGUSR1, enabling);
    raise(SIGUSR1);
    REQUIRE(enabled == 1 && recovers());
}

void handlers_over_ours(void) {
    CHECK(outcome_of(three_libraries_in_turn) == 0, "libraries that are installed over ours in turn are each called once, in that order");
    CHECK(outcome_of(called_twice_for_a_signal) == 0, "ours calls no function above it");
    CHECK(outcome_of(a_library_leaves_by_a_jump) == 0, "a library leaves by siglongjmp");
    CHECK(outcome_of(a_signal_within_a_signal) == 0, "a signal within a signal");
    CHECK(outcome_of(a_library_restores_what_it_found) == -SIGBUS,
          "a library restores what it found: it is called once, and the process dies");
    CHECK(outcome_of(a_library_removes_itself) == 0, "a library removes itself from below ours");
    CHECK(outcome_of(restored_by_signal) == 0, "ours is restored by signal(3)");
#ifdef __x86_64__
    CHECK(outcome_of(fault_without_information) < 0, "a fault without information is not recovered from");
#endif
    CHECK(outcome_of(masks_of_each) == 0, "each function runs with its own mask");
    CHECK(outcome_of(too_many_libraries) == -SIGBUS, "more libraries than levels, and a reset");
    CHECK(outcome_of(many_libraries_one_after_another) == 0, "libraries that come and leave one after another use up no levels");
    CHECK(outcome_of(states) == 0, "states");
    CHECK(outcome_of(enabled_in_a_handler) == 0, "enabled in a handler");
}
