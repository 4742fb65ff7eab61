/* MADV_COLLAPSE and khugepaged. */
#include "test.h"
#include <errno.h>
#include <sys/mman.h>

static bool is_huge(struct machine m) {
    struct copymc_page page = {0};
    OK(copymc_process_page(m.process, m.address, &page));
    return (page.flags & COPYMC_PAGE_HUGE) != 0;
}

/* Poison in the line at a byte of page 256: the collapse is undone; dropped, the page no longer stands in the way. */
static void aborts(int32_t source) {
    if (copymc_source_unsupported_reason(source) != NULL)
        return;
    struct machine m = make_machine(NULL);
    struct copymc_collapsed_range range;
    struct copymc_call call;
    size_t ranges;
    uint32_t frame;
    bool line = source == COPYMC_SOURCE_MARK;
    OK(copymc_process_poison(m.process, m.address + 256 * 4096 + 640, source, &frame));
    OK(copymc_process_collapse(m.process, m.address, COPYMC_HUGE_PAGE_SIZE, NULL, &range, 1, &ranges, &call));
    CHECK(call.error == EINVAL && ranges == 1 && range.address == m.address && range.result == COPYMC_COPY_MC);
    CHECK(range.copied_pages == 256 && range.poisoned_frame == frame && range.process == 0);
    CHECK(range.bytes_not_copied == 256 * 4096 - (line ? 640 : 0));
    CHECK(!is_huge(m) && violations(m.machine) == 0);
    OK(copymc_process_madvise(m.process, m.address + 256 * 4096, 4096, MADV_DONTNEED, &call));
    // Ranges that do not fit are counted.
    OK(copymc_process_collapse(m.process, m.address, COPYMC_HUGE_PAGE_SIZE, NULL, NULL, 0, &ranges, &call));
    CHECK(call.error == 0 && ranges == 1 && is_huge(m) && violations(m.machine) == 0);
    OK(copymc_process_collapse(m.process, m.address, COPYMC_HUGE_PAGE_SIZE, NULL, &range, 1, &ranges, &call));
    CHECK(call.error == 0 && range.result == COPYMC_PMD_MAPPED && range.poisoned_frame == COPYMC_NO_FRAME);
    OK(copymc_destroy(m.machine));
}

static void panics(void) {
    struct machine m = make_machine("6.1");
    struct copymc_call call;
    struct copymc_access access;
    struct copymc_machine_stats stats = {.size = sizeof stats};
    size_t ranges = 5;
    char byte;
    OK(copymc_process_poison(m.process, m.address, COPYMC_SOURCE_MARK, NULL));
    IS(COPYMC_E_PANIC, copymc_process_collapse(m.process, m.address, COPYMC_HUGE_PAGE_SIZE, NULL, NULL, 0, &ranges, &call));
    CHECK(ranges == 0 && strstr(copymc_last_error(), "6.1") != NULL);
    IS(COPYMC_E_PANIC, copymc_process_read(m.process, m.address, &byte, 1, &access));
    IS(COPYMC_E_PANIC, copymc_process_create(m.machine, &m.process));
    IS(COPYMC_E_PANIC, copymc_machine_get_stats(m.machine, &stats));
    OK(copymc_destroy(m.machine));
}

static void scans(void) {
    struct machine m = make_machine(NULL);
    struct copymc_khugepaged_options options = COPYMC_KHUGEPAGED_OPTIONS_INIT;
    struct copymc_collapsed_range found[2];
    copymc_khugepaged khugepaged;
    size_t ranges;
    int32_t none_free = 7;
    copymc_process child;
    struct copymc_call call;
    OK(copymc_process_fork(m.process, &child, &call));
    options.max_ptes_shared = 0;
    OK(copymc_khugepaged_create(m.machine, &options, NULL, &khugepaged));
    OK(copymc_khugepaged_scan(khugepaged, found, 1, &ranges, &none_free));
    CHECK(ranges == 2 && found[0].result == COPYMC_EXCEED_SHARED_PTE && found[0].process == 0 && none_free == 0);
    OK(copymc_destroy(child));
    OK(copymc_khugepaged_scan(khugepaged, found, 2, &ranges, NULL));
    CHECK(ranges == 1 && found[0].result == COPYMC_SUCCEED && found[0].address == m.address && found[0].copied_pages == 512);
    CHECK(is_huge(m) && violations(m.machine) == 0);
    OK(copymc_destroy(khugepaged));
    IS(COPYMC_E_HANDLE, copymc_khugepaged_scan(khugepaged, found, 2, &ranges, NULL));
    OK(copymc_destroy(m.machine));
}

static void has_no_huge_page(void) {
    struct copymc_machine_options options = COPYMC_MACHINE_OPTIONS_INIT;
    struct machine m = {0};
    struct copymc_call call;
    options.memory_bytes = 4 << 20;
    options.flags = COPYMC_MACHINE_NO_ZERO_PAGE;
    OK(copymc_machine_create(&options, &m.machine));
    OK(copymc_process_create(m.machine, &m.process));
    OK(copymc_process_mmap(m.process, 0, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0, &call));
    m.address = call.value;
    OK(copymc_process_madvise(m.process, m.address, 4 << 20, MADV_HUGEPAGE, &call));
    OK(copymc_process_madvise(m.process, m.address, (2 << 20) + 4096, 23 /* MADV_POPULATE_WRITE */, &call));
    CHECK(call.error == 0);
    copymc_khugepaged khugepaged;
    size_t ranges;
    int32_t none_free = 7;
    OK(copymc_khugepaged_create(m.machine, NULL, NULL, &khugepaged));
    OK(copymc_khugepaged_scan(khugepaged, NULL, 0, &ranges, &none_free));
    CHECK(none_free == 1 && ranges == 1);
    OK(copymc_destroy(m.machine));
}

void test_collapses(void) {
    for (int32_t source = COPYMC_SOURCE_MARK; source <= COPYMC_SOURCE_UFFD; source++)
        aborts(source);
    panics();
    scans();
    has_no_huge_page();
}
