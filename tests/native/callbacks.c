/* What a program may do between two steps of a collapse. */
#include "test.h"
#include <errno.h>
#include <sys/mman.h>

struct watch {
    struct machine m;
    uint32_t calls, copies;
    int32_t stop_at;
    uint32_t seen; /* a bit for each step */
};

static int32_t watch(void *context, const struct copymc_step *step) {
    struct watch *w = context;
    w->calls++;
    w->copies += step->step == COPYMC_STEP_COPY;
    w->seen |= 1u << step->step;
    CHECK(step->size >= sizeof *step && step->address == w->m.address && step->process == 0);
    CHECK(violations(w->m.machine) == 0);
    return step->step == w->stop_at;
}

static void sees_the_steps(void) {
    struct watch w = {.m = make_machine(NULL), .stop_at = -1};
    struct copymc_observer observer = COPYMC_OBSERVER_INIT(watch, &w);
    struct copymc_collapsed_range range;
    struct copymc_call call;
    size_t ranges;
    OK(copymc_process_collapse(w.m.process, w.m.address, COPYMC_HUGE_PAGE_SIZE, &observer, &range, 1, &ranges, &call));
    uint32_t all = 1u << COPYMC_STEP_SCAN | 1u << COPYMC_STEP_ALLOCATE | 1u << COPYMC_STEP_REVALIDATE | 1u << COPYMC_STEP_LOCK_FOR_WRITE |
                   1u << COPYMC_STEP_DETACH_PAGE_TABLE | 1u << COPYMC_STEP_ISOLATE | 1u << COPYMC_STEP_UNLOCK_REVERSE_MAP |
                   1u << COPYMC_STEP_COPY | 1u << COPYMC_STEP_COMMIT | 1u << COPYMC_STEP_INSTALL;
    CHECK(range.result == COPYMC_SUCCEED && w.seen == all && w.calls == 10);
    OK(copymc_destroy(w.m.machine));
}

static void stops_at(int32_t step) {
    struct watch w = {.m = make_machine(NULL), .stop_at = step};
    struct copymc_observer observer = COPYMC_OBSERVER_INIT(watch, &w);
    struct copymc_call call;
    struct copymc_page page;
    size_t ranges = 3;
    IS(COPYMC_E_STOPPED, copymc_process_collapse(w.m.process, w.m.address, COPYMC_HUGE_PAGE_SIZE, &observer, NULL, 0, &ranges, &call));
    CHECK(ranges == 0 && violations(w.m.machine) == 0);
    OK(copymc_process_page(w.m.process, w.m.address, &page));
    // After the commit it is completed, before it undone.
    CHECK((page.flags & COPYMC_PAGE_HUGE) == (step >= COPYMC_STEP_INSTALL ? COPYMC_PAGE_HUGE : 0));
    unsigned char byte;
    struct copymc_access access;
    OK(copymc_process_read(w.m.process, w.m.address + 200 * 4096, &byte, 1, &access));
    CHECK(access.outcome == COPYMC_DONE && byte == 200);
    OK(copymc_destroy(w.m.machine));
}

struct meddle {
    struct machine m;
    copymc_khugepaged khugepaged;
    uint32_t copies;
};

/* Everything that is allowed, and everything that is not. */
static int32_t meddle(void *context, const struct copymc_step *step) {
    struct meddle *w = context;
    struct copymc_call call;
    struct copymc_access access;
    size_t size;
    unsigned char byte;
    IS(COPYMC_E_BUSY, copymc_destroy(w->m.machine));
    IS(COPYMC_E_BUSY, copymc_process_collapse(w->m.process, w->m.address, 2 << 20, NULL, NULL, 0, &size, &call));
    IS(COPYMC_E_BUSY, copymc_process_madvise(w->m.process, w->m.address, 2 << 20, 25 /* MADV_COLLAPSE */, &call));
    IS(COPYMC_E_BUSY, copymc_khugepaged_scan(w->khugepaged, NULL, 0, &size, NULL));
    IS(COPYMC_E_BUSY, copymc_destroy(w->khugepaged));
    if (step->step == COPYMC_STEP_COPY) {
        w->copies++;
        // The collapse holds the mmap lock: nothing is changed.
        IS(COPYMC_E_BUSY, copymc_destroy(w->m.process));
        CHECK(strcmp(copymc_last_error(), "handle: the process cannot exit: it would wait for MMAP_LOCK.") == 0);
        OK(copymc_process_munmap(w->m.process, w->m.address, 4096, &call));
        CHECK(call.error == 0 && call.waits_for == COPYMC_WAIT_MMAP_LOCK);
        OK(copymc_process_read(w->m.process, w->m.address, &byte, 1, &access));
        CHECK(access.outcome == COPYMC_WAITS && access.waits_for == COPYMC_WAIT_MMAP_LOCK && access.done == 0);
    } else if (step->step == COPYMC_STEP_REVALIDATE) {
        // Nothing holds it: a store and another process are possible.
        OK(copymc_process_write(w->m.process, w->m.address, "z", 1, &access));
        CHECK(access.outcome == COPYMC_DONE);
        copymc_process other;
        OK(copymc_process_create(w->m.machine, &other));
        OK(copymc_process_mmap(other, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0, &call));
        OK(copymc_destroy(other));
        // Another machine is another machine.
        struct machine second = make_machine(NULL);
        OK(copymc_process_collapse(second.process, second.address, 2 << 20, NULL, NULL, 0, &size, &call));
        CHECK(call.error == 0);
        OK(copymc_destroy(second.machine));
    }
    CHECK(violations(w->m.machine) == 0);
    return 0;
}

static void lets_the_program_change_the_machine(void) {
    struct meddle w = {.m = make_machine(NULL)};
    struct copymc_observer observer = COPYMC_OBSERVER_INIT(meddle, &w);
    struct copymc_collapsed_range range;
    size_t ranges;
    OK(copymc_khugepaged_create(w.m.machine, NULL, &observer, &w.khugepaged));
    OK(copymc_khugepaged_scan(w.khugepaged, &range, 1, &ranges, NULL));
    CHECK(ranges == 1 && range.result == COPYMC_SUCCEED && w.copies == 1);
    struct copymc_access access;
    char byte;
    OK(copymc_process_read(w.m.process, w.m.address, &byte, 1, &access));
    CHECK(byte == 'z');
    // The call is over: what was busy works again.
    OK(copymc_destroy(w.khugepaged));
    OK(copymc_destroy(w.m.machine));
}

static int32_t leave(void *context, const struct copymc_step *step) {
    struct machine *m = context;
    if (step->step == COPYMC_STEP_REVALIDATE)
        OK(copymc_destroy(m->process));
    return 0;
}

static void process_exits_meanwhile(void) {
    struct machine m = make_machine(NULL);
    struct copymc_observer observer = COPYMC_OBSERVER_INIT(leave, &m);
    struct copymc_collapsed_range range;
    struct copymc_call call;
    size_t ranges;
    OK(copymc_process_collapse(m.process, m.address, 2 << 20, &observer, &range, 1, &ranges, &call));
    CHECK(call.error == EINVAL && range.result == COPYMC_ANY_PROCESS && violations(m.machine) == 0);
    OK(copymc_destroy(m.machine));
}

static int32_t count_pages(void *context, const struct copymc_step *step) {
    *(uint32_t *)context += step->step == COPYMC_STEP_COPY;
    return 0;
}

void test_callbacks(void) {
    sees_the_steps();
    for (int32_t step = COPYMC_STEP_SCAN; step <= COPYMC_STEP_INSTALL; step++)
        if (step != COPYMC_STEP_SWAP_IN && step != COPYMC_STEP_RESERVE_SLOTS && step != COPYMC_STEP_CHARGE_HOLES &&
            step != COPYMC_STEP_CLOSE_HOLES)
            stops_at(step);
    lets_the_program_change_the_machine();
    process_exits_meanwhile();
    struct machine m = make_machine(NULL);
    uint32_t pages = 0;
    struct copymc_observer observer = COPYMC_OBSERVER_INIT(count_pages, &pages);
    struct copymc_call call;
    size_t ranges;
    observer.flags = COPYMC_EVERY_PAGE;
    OK(copymc_process_collapse(m.process, m.address, 2 << 20, &observer, NULL, 0, &ranges, &call));
    CHECK(pages >= 512 && pages <= 513);
    OK(copymc_destroy(m.machine));
}
