/* The simulated machine: system calls, accesses, poison, files. */
#define _GNU_SOURCE
#include "test.h"
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static void memory_and_poison(void) {
    struct machine m = make_machine(NULL);
    struct copymc_call call;
    struct copymc_access access;
    struct copymc_page page;
    unsigned char bytes[3 * 4096];

    OK(copymc_process_read(m.process, m.address + 4000, bytes, 200, &access));
    CHECK(access.outcome == COPYMC_DONE && access.done == 200 && bytes[0] == 0 && bytes[95] == 0 && bytes[96] == 1);
    OK(copymc_process_read(m.process, m.address, bytes, 0, &access));
    CHECK(access.outcome == COPYMC_DONE && access.done == 0);
    OK(copymc_process_read(m.process, m.address + COPYMC_HUGE_PAGE_SIZE - 4096, bytes, 8192, &access));
    CHECK(access.outcome == COPYMC_MAP_ERROR && access.done == 4096);
    OK(copymc_process_mprotect(m.process, m.address, 4096, PROT_READ, &call));
    CHECK(call.error == 0);
    OK(copymc_process_write(m.process, m.address, bytes, 1, &access));
    CHECK(access.outcome == COPYMC_ACCESS_ERROR);

    // Known poison in a line, then the kernel's handling, then a healthy frame again.
    uint32_t frame;
    OK(copymc_process_poison(m.process, m.address + 5 * 4096 + 130, COPYMC_SOURCE_MARK, &frame));
    CHECK(frame == frame_at(m.process, m.address + 5 * 4096));
    OK(copymc_process_read(m.process, m.address + 5 * 4096, bytes, 128, &access));
    CHECK(access.outcome == COPYMC_DONE && bytes[127] == 5);
    OK(copymc_process_read(m.process, m.address + 4 * 4096, bytes, 3 * 4096, &access));
    CHECK(access.outcome == COPYMC_MEMORY_ERROR && access.done == 4096);
    OK(copymc_machine_handle_poison(m.machine, frame, &access));
    CHECK(access.outcome == COPYMC_DONE);
    OK(copymc_process_page(m.process, m.address + 5 * 4096, &page));
    CHECK(page.state == COPYMC_PAGE_POISONED && page.frame == COPYMC_NO_FRAME);
    struct copymc_machine_stats stats = {.size = sizeof stats};
    OK(copymc_machine_get_stats(m.machine, &stats));
    CHECK(stats.hardware_corrupted == 1 && stats.frames == 4096 && stats.processes == 1 && stats.size == sizeof stats);
    CHECK(stats.free_frames == 4096 - 512);
    OK(copymc_machine_heal(m.machine, frame, COPYMC_SOURCE_MARK));
    OK(copymc_machine_get_stats(m.machine, &stats));
    CHECK(stats.hardware_corrupted == 0 && stats.free_frames == 4096 - 511);
    OK(copymc_process_madvise(m.process, m.address + 5 * 4096, 4096, MADV_DONTNEED, &call));
    OK(copymc_process_read(m.process, m.address + 5 * 4096, bytes, 1, &access));
    CHECK(access.outcome == COPYMC_DONE && bytes[0] == 0);

    // A newer program's structure: what only it knows becomes zero.
    struct {
        struct copymc_machine_stats known;
        uint64_t later;
    } newer = {{.size = sizeof newer}, 9};
    OK(copymc_machine_get_stats(m.machine, &newer.known));
    CHECK(newer.later == 0 && newer.known.size == sizeof newer && newer.known.frames == 4096);

    // The memory of the machine is a region: its bytes are those of the process.
    copymc_region region;
    unsigned char *memory;
    OK(copymc_machine_memory(m.machine, &region));
    OK(copymc_region_memory(region, (void **)&memory, NULL));
    CHECK(memory[(size_t)frame_at(m.process, m.address + 77 * 4096) * 4096] == 77);

    // Fork: shared until a store.
    copymc_process child;
    struct copymc_process_stats process = {.size = sizeof process};
    OK(copymc_process_fork(m.process, &child, &call));
    CHECK(call.error == 0 && child != 0);
    OK(copymc_process_get_stats(child, &process));
    CHECK(process.number == 1 && process.rss_anon >= 510);
    OK(copymc_process_page(child, m.address + 9 * 4096, &page));
    CHECK(page.map_count == 2 && !(page.flags & COPYMC_PAGE_WRITABLE));
    OK(copymc_process_write(child, m.address + 9 * 4096, "x", 1, &access));
    CHECK(frame_at(child, m.address + 9 * 4096) != frame_at(m.process, m.address + 9 * 4096));
    OK(copymc_destroy(child));
    IS(COPYMC_E_HANDLE, copymc_process_get_stats(child, &process));

    // Swap.
    OK(copymc_process_madvise(m.process, m.address + 9 * 4096, 4096, MADV_PAGEOUT, &call));
    OK(copymc_process_page(m.process, m.address + 9 * 4096, &page));
    CHECK(page.state == COPYMC_PAGE_SWAPPED);
    OK(copymc_process_munmap(m.process, m.address, COPYMC_HUGE_PAGE_SIZE, &call));
    OK(copymc_process_get_stats(m.process, &process));
    CHECK(process.rss_anon == 0 && process.swap == 0 && process.areas == 0);
    CHECK(violations(m.machine) == 0);
    OK(copymc_destroy(m.machine));
}

/* What is wrong with the program's own buffer is not poison of the simulated memory. */
static void buffers(void) {
    struct machine m = make_machine(NULL);
    struct copymc_access access;
    struct copymc_machine_stats stats = {.size = sizeof stats};
    unsigned char bytes[4096] = {0};
    int file = memfd_create("test", 0);
    CHECK(ftruncate(file, 4096) == 0);
    unsigned char *lost = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    copymc_map map;
    OK(copymc_map_create(bytes, sizeof bytes, &map));
    OK(copymc_map_mark(map, 100, 1));

    IS(COPYMC_E_INVALID, copymc_process_read(m.process, m.address, lost, 2 * 4096, &access));
    CHECK(strncmp(copymc_last_error(), "buffer: ", 8) == 0);
    // The page before the lost one was read.
    OK(copymc_process_write(m.process, m.address + 4096, lost, 4096, &access));
    IS(COPYMC_E_INVALID, copymc_process_write(m.process, m.address, lost + 4096, 1, &access));
    CHECK(strncmp(copymc_last_error(), "buffer: ", 8) == 0);
    IS(COPYMC_E_INVALID, copymc_process_write(m.process, m.address + 3 * 4096, bytes, sizeof bytes, &access));
    CHECK(strncmp(copymc_last_error(), "buffer: ", 8) == 0);
    OK(copymc_destroy(map));

    OK(copymc_machine_get_stats(m.machine, &stats));
    CHECK(stats.poison_pending == 0 && stats.hardware_corrupted == 0);
    for (int page = 0; page < 3; page++) {
        OK(copymc_process_read(m.process, m.address + page * 4096, bytes, sizeof bytes, &access));
        CHECK(access.outcome == COPYMC_DONE && bytes[0] == (page == 1 ? 0 : page));
    }
    munmap(lost, 2 * 4096);
    OK(copymc_destroy(m.machine));
}

static void files(void) {
    struct machine m = make_machine(NULL);
    struct copymc_call call;
    struct copymc_access access;
    copymc_file file;
    char byte;
    OK(copymc_file_create(m.machine, COPYMC_HUGE_PAGE_SIZE, COPYMC_FILE_SHMEM, &file));
    OK(copymc_process_mmap(m.process, 0, COPYMC_HUGE_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0, &call));
    uint64_t address = call.value;
    OK(copymc_process_write(m.process, address + 4096, "ab", 2, &access));
    IS(COPYMC_E_STATE, copymc_destroy(file));
    OK(copymc_file_truncate(file, 4096, &call));
    CHECK(call.error == 0);
    OK(copymc_process_read(m.process, address + 4096, &byte, 1, &access));
    CHECK(access.outcome == COPYMC_BUS_ADDRESS_ERROR);
    OK(copymc_file_truncate(file, UINT64_MAX, &call));
    CHECK(call.error == EFBIG);
    OK(copymc_process_munmap(m.process, address, COPYMC_HUGE_PAGE_SIZE, &call));
    OK(copymc_destroy(file));

    // A regular file is collapsed once it is written back and no longer open for writing.
    OK(copymc_file_create(m.machine, COPYMC_HUGE_PAGE_SIZE, 0, &file));
    OK(copymc_process_mmap(m.process, 0, COPYMC_HUGE_PAGE_SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0, &call));
    address = call.value;
    OK(copymc_process_madvise(m.process, address, COPYMC_HUGE_PAGE_SIZE, 22 /* MADV_POPULATE_READ */, &call));
    CHECK(call.error == 0);
    struct copymc_collapsed_range range;
    size_t ranges;
    OK(copymc_file_set_open_for_write(file, 1));
    OK(copymc_process_collapse(m.process, address, COPYMC_HUGE_PAGE_SIZE, NULL, &range, 1, &ranges, &call));
    CHECK(call.error == EINVAL && ranges == 1);
    OK(copymc_file_write_back(file));
    OK(copymc_file_set_open_for_write(file, 0));
    OK(copymc_process_collapse(m.process, address, COPYMC_HUGE_PAGE_SIZE, NULL, &range, 1, &ranges, &call));
    CHECK(call.error == 0 && range.result == COPYMC_SUCCEED && range.copied_pages == 512);
    CHECK(violations(m.machine) == 0);
    OK(copymc_destroy(m.machine));
}

void test_machines(void) {
    memory_and_poison();
    buffers();
    files();
}
