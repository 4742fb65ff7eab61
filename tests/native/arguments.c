/* Bad arguments: null, misaligned, zero, wrapping, unknown values, structures of other versions. */
#include "test.h"
#include <stdlib.h>
#include <sys/mman.h>

/* A call that is refused, and whose message names the argument first and only there. */
#define REFUSED(status, argument, call)                                                                                                    \
    do {                                                                                                                                   \
        if (IS(status, call) && !CHECK(strncmp(copymc_last_error(), argument ": ", sizeof argument + 1) == 0 &&                            \
                                       strncmp(copymc_last_error() + sizeof argument + 1, argument, sizeof argument - 1) != 0))            \
            printf("  %s\n", copymc_last_error());                                                                                         \
    } while (0)
#define BAD(argument, call) REFUSED(COPYMC_E_INVALID, argument, call)

static void options(void) {
    struct {
        struct copymc_engine_options known;
        uint64_t later;
    } newer = {COPYMC_ENGINE_OPTIONS_INIT, 0};
    copymc_engine engine;
    newer.known.size = sizeof newer;
    OK(copymc_engine_create((struct copymc_engine_options *)&newer, &engine));
    OK(copymc_destroy(engine));
    newer.later = 1;
    BAD("options", copymc_engine_create((struct copymc_engine_options *)&newer, &engine));
    struct copymc_engine_options older = COPYMC_ENGINE_OPTIONS_INIT;
    older.size = sizeof older - 1;
    BAD("options->size", copymc_engine_create(&older, &engine));
    older.size = 0;
    BAD("options->size", copymc_engine_create(&older, &engine));
    older.size = UINT32_MAX;
    BAD("options->size", copymc_engine_create(&older, &engine));

    struct copymc_engine_options e = COPYMC_ENGINE_OPTIONS_INIT;
    e.flags = 2;
    BAD("options->flags", copymc_engine_create(&e, &engine));
    e.flags = 0, e.reserved = 1;
    BAD("options->reserved", copymc_engine_create(&e, &engine));
    e.reserved = 0, e.hint = 2;
    BAD("options->hint", copymc_engine_create(&e, &engine));
    e.hint = 0, e.kernel = "none";
    BAD("options->kernel", copymc_engine_create(&e, &engine));
#ifdef __x86_64__
    e.kernel = "native-neon";
#else
    e.kernel = "native-avx2";
#endif
    REFUSED(COPYMC_E_UNSUPPORTED, "options->kernel", copymc_engine_create(&e, &engine));
    e.kernel = "scalar", e.flags = COPYMC_ENGINE_RECOVER_SIGSEGV;
    REFUSED(COPYMC_E_UNSUPPORTED, "options->kernel", copymc_engine_create(&e, &engine));

    copymc_region region;
    struct copymc_region_options r = COPYMC_REGION_OPTIONS_INIT;
    r.flags = 8;
    BAD("options->flags", copymc_region_create(4096, &r, &region));
    r.flags = 0, r.backing = 2;
    BAD("options->backing", copymc_region_create(4096, &r, &region));
    r.backing = 0, r.pages = 3;
    BAD("options->pages", copymc_region_create(4096, &r, &region));
    r.pages = 0, r.reserved = 1;
    BAD("options->reserved", copymc_region_create(4096, &r, &region));
    r.reserved = 0, r.node = -2;
    BAD("options->node", copymc_region_create(4096, &r, &region));
    r.node = 1000;
    // An emulated kernel may have no nodes.
    copymc_status no_node = copymc_region_create(4096, &r, &region);
    REFUSED(no_node == COPYMC_E_UNSUPPORTED ? no_node : COPYMC_E_INVALID, "options->node", no_node);
    r.node = -1, r.backing = COPYMC_MEMFD, r.flags = COPYMC_REGION_UNPOPULATED | COPYMC_REGION_NO_RESERVE;
    OK(copymc_region_create(4096, &r, &region));
    OK(copymc_destroy(region));

    copymc_machine machine;
    struct copymc_machine_options m = COPYMC_MACHINE_OPTIONS_INIT;
    m.memory_bytes = 2 << 20;
    BAD("options->memory_bytes", copymc_machine_create(&m, &machine));
    m.memory_bytes = (4 << 20) + 1;
    BAD("options->memory_bytes", copymc_machine_create(&m, &machine));
    m.memory_bytes = UINT64_MAX & ~(uint64_t)(COPYMC_HUGE_PAGE_SIZE - 1);
    BAD("options->memory_bytes", copymc_machine_create(&m, &machine));
    CHECK(strstr(copymc_last_error(), "memory (") == NULL);
    m.memory_bytes = 16 << 20, m.kernel = "5.15";
    BAD("options->kernel", copymc_machine_create(&m, &machine));
    m.kernel = "7.3", m.flags = 16;
    BAD("options->flags", copymc_machine_create(&m, &machine));
    m.flags = 15, m.reserved = 1;
    BAD("options->reserved", copymc_machine_create(&m, &machine));
    m.reserved = 0, m.thp_enabled = 4;
    BAD("options->thp_enabled", copymc_machine_create(&m, &machine));
    m.thp_enabled = COPYMC_THP_DENY;
    BAD("options->thp_enabled", copymc_machine_create(&m, &machine));
    m.thp_enabled = 0, m.shmem_enabled = -1;
    BAD("options->shmem_enabled", copymc_machine_create(&m, &machine));
    m.shmem_enabled = 3, m.swap_pages = UINT32_MAX;
    BAD("options->swap_pages", copymc_machine_create(&m, &machine));
    m.swap_pages = 1, m.engine = 12345;
    IS(COPYMC_E_HANDLE, copymc_machine_create(&m, &machine));
    OK(copymc_engine_create(NULL, &m.engine));
    OK(copymc_machine_create(&m, &machine));
    copymc_khugepaged khugepaged;
    struct copymc_khugepaged_options k = COPYMC_KHUGEPAGED_OPTIONS_INIT;
    k.pages_to_scan = 0;
    BAD("options->pages_to_scan", copymc_khugepaged_create(machine, &k, NULL, &khugepaged));
    k.pages_to_scan = 1, k.max_ptes_none = 512;
    BAD("options->max_ptes_none", copymc_khugepaged_create(machine, &k, NULL, &khugepaged));
    k.max_ptes_none = 0, k.reserved = 1;
    BAD("options->reserved", copymc_khugepaged_create(machine, &k, NULL, &khugepaged));
    k.reserved = 0, k.max_ptes_swap = 512;
    BAD("options->max_ptes_swap", copymc_khugepaged_create(machine, &k, NULL, &khugepaged));
    k.max_ptes_swap = 0, k.max_ptes_shared = 512;
    BAD("options->max_ptes_shared", copymc_khugepaged_create(machine, &k, NULL, &khugepaged));
    struct copymc_observer o = COPYMC_OBSERVER_INIT(NULL, NULL);
    BAD("observer->before_step", copymc_khugepaged_create(machine, NULL, &o, &khugepaged));
    o.flags = 2;
    BAD("observer->flags", copymc_khugepaged_create(machine, NULL, &o, &khugepaged));
    OK(copymc_destroy(machine));
    OK(copymc_destroy(m.engine));
}

void test_arguments(void) {
    options();
    char *memory = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    copymc_engine engine;
    copymc_region region;
    copymc_map map;
    uint64_t lines;
    size_t bytes;
    uint64_t words[4];
    void *misaligned = (char *)words + 1;
    OK(copymc_engine_create(NULL, &engine));
    OK(copymc_region_create(3 * 4096, NULL, &region));

    BAD("engine", copymc_engine_create(NULL, NULL));
    BAD("engine", copymc_engine_create(NULL, misaligned));
    BAD("options", copymc_engine_create(misaligned, &words[2]));
    BAD("name", copymc_engine_kernel(engine, NULL));

    BAD("length", copymc_region_create(0, NULL, &words[0]));
    BAD("length", copymc_region_create(SIZE_MAX, NULL, &words[0]));
    BAD("region", copymc_region_create(4096, NULL, NULL));
    IS(COPYMC_E_SYSTEM, copymc_region_create((size_t)1 << 60, NULL, &words[0]));
    BAD("pointer", copymc_region_memory(region, misaligned, NULL));
    BAD("length", copymc_region_memory(region, NULL, misaligned));
    BAD("offset", copymc_region_inject(region, 3 * 4096, COPYMC_SOURCE_MARK));
    BAD("source", copymc_region_inject(region, 0, 4));
    BAD("source", copymc_region_heal(region, 0, 1, -1));
    BAD("offset", copymc_region_heal(region, 3 * 4096 + 1, 0, COPYMC_SOURCE_MARK));
    BAD("length", copymc_region_heal(region, 1, SIZE_MAX, COPYMC_SOURCE_MARK));
    if (copymc_source_unsupported_reason(COPYMC_SOURCE_HWPOISON) != NULL)
        REFUSED(COPYMC_E_UNSUPPORTED, "source", copymc_region_inject(region, 0, COPYMC_SOURCE_HWPOISON));

    BAD("start", copymc_map_create(NULL, 1, &map));
    BAD("length", copymc_map_create(memory, 0, &map));
    BAD("length", copymc_map_create(memory, SIZE_MAX, &map));
    BAD("map", copymc_map_create(memory, 1, NULL));
#ifdef __x86_64__
    // On arm64 the range wraps around.
    IS(COPYMC_E_NO_MEMORY, copymc_map_create((void *)4096, (size_t)1 << 63, &map));
#endif
    OK(copymc_map_create(memory, 4096, &map));
    BAD("offset", copymc_map_mark(map, 4097, 0));
    BAD("length", copymc_map_mark(map, 4095, 2));
    BAD("length", copymc_map_mark(map, 4096, 1));
    CHECK(strstr(copymc_last_error(), "1 bytes from 4096 on") != NULL);
    BAD("length", copymc_map_clear(map, 1, SIZE_MAX));
    BAD("length", copymc_map_first(map, 0, 4097, &bytes));
    BAD("first", copymc_map_first(map, 0, 1, NULL));
    BAD("lines", copymc_map_count(map, misaligned));
    OK(copymc_destroy(map));

    BAD("not_copied", copymc_copy(engine, memory, memory + 64, 1, NULL, NULL));
    BAD("not_copied", copymc_copy(engine, memory, memory + 64, 1, misaligned, NULL));
    BAD("fault", copymc_copy(engine, memory, memory + 64, 1, &bytes, misaligned));
    BAD("source", copymc_copy(engine, memory, NULL, 1, &bytes, NULL));
    BAD("destination", copymc_copy(engine, NULL, memory, 1, &bytes, NULL));
    BAD("byte_count", copymc_copy(engine, memory, memory + 64, SIZE_MAX, &bytes, NULL));
    BAD("byte_count", copymc_copy(engine, (void *)(UINTPTR_MAX - 10), memory, 100, &bytes, NULL));
    BAD("destination", copymc_copy(engine, memory, memory + 64, 65, &bytes, NULL));
    BAD("destination", copymc_copy(engine, memory, memory, 3 * 4096, &bytes, NULL));
    OK(copymc_copy(engine, NULL, NULL, 0, &bytes, NULL));
    CHECK(bytes == 0);
    struct copymc_salvage_result result;
    BAD("result", copymc_salvage(engine, memory, memory + 4096, 1, NULL, NULL, 0, NULL));
    BAD("lost", copymc_salvage(engine, memory, memory + 4096, 1, NULL, NULL, 1, &result));
    BAD("capacity", copymc_salvage(engine, memory, memory + 4096, 1, NULL, (void *)words, SIZE_MAX, &result));
    BAD("source", copymc_salvage(engine, memory, NULL, 1, NULL, NULL, 0, &result));
    struct copymc_salvage_options s = COPYMC_SALVAGE_OPTIONS_INIT;
    s.pattern = 256;
    BAD("options->pattern", copymc_salvage(engine, memory, memory + 4096, 1, &s, NULL, 0, &result));
    s.pattern = 0, s.fill = 3;
    BAD("options->fill", copymc_salvage(engine, memory, memory + 4096, 1, &s, NULL, 0, &result));
    s.fill = 0, s.propagation = 3;
    BAD("options->propagation", copymc_salvage(engine, memory, memory + 4096, 1, &s, NULL, 0, &result));
    s.propagation = 0, s.flags = 4;
    BAD("options->flags", copymc_salvage(engine, memory, memory + 4096, 1, &s, NULL, 0, &result));
    s.flags = 0, s.reserved = 1;
    BAD("options->reserved", copymc_salvage(engine, memory, memory + 4096, 1, &s, NULL, 0, &result));

    struct machine m = make_machine(NULL);
    struct copymc_call call;
    struct copymc_access access;
    struct copymc_machine_stats stats = {.size = 8};
    BAD("machine", copymc_machine_create(NULL, NULL));
    BAD("region", copymc_machine_memory(m.machine, NULL));
    BAD("thp_enabled", copymc_machine_set_thp(m.machine, 4, 0, 0));
    BAD("thp_enabled", copymc_machine_set_thp(m.machine, COPYMC_THP_DENY, 0, 0));
    BAD("shmem_enabled", copymc_machine_set_thp(m.machine, 0, -1, 0));
    BAD("huge_pages_at_fault", copymc_machine_set_thp(m.machine, 0, 0, 2));
    OK(copymc_machine_set_thp(m.machine, COPYMC_THP_MADVISE, COPYMC_THP_DENY, 1));
    BAD("stats->size", copymc_machine_get_stats(m.machine, &stats));
    BAD("stats", copymc_machine_get_stats(m.machine, NULL));
    BAD("violations", copymc_machine_check(m.machine, NULL, 0, NULL));
    BAD("text", copymc_machine_check(m.machine, NULL, 1, &bytes));
    BAD("frame", copymc_machine_poison(m.machine, 4096, 0, 0));
    BAD("line", copymc_machine_poison(m.machine, 0, 64, 0));
    BAD("source", copymc_machine_poison(m.machine, 0, 0, 4));
    if (copymc_source_unsupported_reason(COPYMC_SOURCE_HWPOISON) != NULL) {
        REFUSED(COPYMC_E_UNSUPPORTED, "source", copymc_machine_poison(m.machine, 0, 0, COPYMC_SOURCE_HWPOISON));
        REFUSED(COPYMC_E_UNSUPPORTED, "source", copymc_process_poison(m.process, m.address, COPYMC_SOURCE_HWPOISON, NULL));
    }
    BAD("frame", copymc_machine_handle_poison(m.machine, 4096, &access));
    BAD("access", copymc_machine_handle_poison(m.machine, 0, NULL));
    BAD("frame", copymc_machine_heal(m.machine, UINT32_MAX, 0));
    BAD("source", copymc_machine_heal(m.machine, 0, 4));
    BAD("process", copymc_process_create(m.machine, NULL));
    BAD("child", copymc_process_fork(m.process, NULL, &call));
    BAD("call", copymc_process_fork(m.process, &lines, NULL));
    BAD("call", copymc_process_mmap(m.process, 0, 4096, 3, 0x22, 0, 0, NULL));
    BAD("protection", copymc_process_mmap(m.process, 0, 4096, 8, 0x22, 0, 0, &call));
    BAD("flags", copymc_process_mmap(m.process, 0, 4096, 3, 0x22 | MAP_HUGETLB, 0, 0, &call));
    copymc_file file;
    BAD("flags", copymc_file_create(m.machine, 4096, 2, &file));
    BAD("length", copymc_file_create(m.machine, UINT64_MAX, 0, &file));
    OK(copymc_file_create(m.machine, 4096, 0, &file));
    BAD("open_for_write", copymc_file_set_open_for_write(file, 7));
    BAD("open_for_write", copymc_file_set_open_for_write(file, -1));
    BAD("flags", copymc_process_mmap(m.process, 0, 4096, 3, 0x22, file, 0, &call));
    IS(COPYMC_E_HANDLE, copymc_process_mmap(m.process, 0, 4096, 3, 2, 77, 0, &call));
    struct machine other = make_machine(NULL);
    BAD("file", copymc_process_mmap(other.process, 0, 4096, 3, 2, file, 0, &call));
    OK(copymc_destroy(other.machine));
    BAD("buffer", copymc_process_read(m.process, m.address, NULL, 1, &access));
    BAD("access", copymc_process_read(m.process, m.address, memory, 1, NULL));
    BAD("length", copymc_process_write(m.process, UINT64_MAX, memory, 2, &access));
    BAD("length", copymc_process_read(m.process, 0, memory, SIZE_MAX, &access));
    BAD("length", copymc_process_write(m.process, 0, memory, SIZE_MAX, &access));
    BAD("source", copymc_process_poison(m.process, m.address, 9, NULL));
    BAD("frame", copymc_process_poison(m.process, m.address, 0, misaligned));
    IS(COPYMC_E_STATE, copymc_process_poison(m.process, 0, 0, NULL));
    BAD("page", copymc_process_page(m.process, m.address, NULL));
    BAD("ranges", copymc_process_collapse(m.process, m.address, 4096, NULL, NULL, 1, &bytes, &call));
    BAD("range_count", copymc_process_collapse(m.process, m.address, 4096, NULL, NULL, 0, NULL, &call));
    BAD("call", copymc_process_collapse(m.process, m.address, 4096, NULL, NULL, 0, &bytes, NULL));
    // The kernel's own answers to bad arguments are results of the call.
    OK(copymc_process_mmap(m.process, 0, 0, 3, 0x22, 0, 0, &call));
    CHECK(call.error == 22);
    OK(copymc_process_munmap(m.process, 1, 4096, &call));
    CHECK(call.error == 22);
    OK(copymc_process_mprotect(m.process, m.address, 4096, 8, &call));
    CHECK(call.error == 22);
    OK(copymc_process_madvise(m.process, m.address, UINT64_MAX, 4, &call));
    CHECK(call.error == 22);
    OK(copymc_process_madvise(m.process, m.address, 4096, 9999, &call));
    CHECK(call.error == 22);
    OK(copymc_process_collapse(m.process, m.address + 1, 4096, NULL, NULL, 0, &bytes, &call));
    CHECK(call.error == 22 && bytes == 0);
    OK(copymc_process_read(m.process, UINT64_MAX - 1, memory, 1, &access));
    CHECK(access.outcome == COPYMC_MAP_ERROR && access.done == 0);
    CHECK(violations(m.machine) == 0);
    OK(copymc_destroy(m.machine));
    OK(copymc_destroy(region));
    OK(copymc_destroy(engine));
    munmap(memory, 3 * 4096);
}
