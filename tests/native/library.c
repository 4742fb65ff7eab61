/* The version, names, handles. */
#include "test.h"
#include <pthread.h>
#include <stdlib.h>

void test_library(void) {
    CHECK(copymc_abi_version() == COPYMC_ABI_VERSION);
    CHECK(strcmp(copymc_version(), COPYMC_TEST_VERSION) == 0);
    CHECK(strcmp(copymc_last_error(), "") == 0);
    static const char *const statuses[] = {"COPYMC_OK",          "COPYMC_E_INVALID",     "COPYMC_E_HANDLE",  "COPYMC_E_BUSY",
                                           "COPYMC_E_NO_MEMORY", "COPYMC_E_UNSUPPORTED", "COPYMC_E_SYSTEM",  "COPYMC_E_STATE",
                                           "COPYMC_E_PANIC",     "COPYMC_E_STOPPED",     "COPYMC_E_INTERNAL"};
    for (copymc_status i = 0; i <= COPYMC_E_INTERNAL; i++)
        CHECK(strcmp(copymc_status_name(i), statuses[i]) == 0);
    CHECK(copymc_status_name(-1) == NULL && copymc_status_name(COPYMC_E_INTERNAL + 1) == NULL);
    CHECK(strcmp(copymc_fault_kind_name(COPYMC_FAULT_KNOWN_POISON), "known poison") == 0);
    CHECK(strcmp(copymc_fault_kind_name(COPYMC_FAULT_ACCESS_VIOLATION), "access violation") == 0);
    CHECK(copymc_fault_kind_name(5) == NULL);
    CHECK(strcmp(copymc_outcome_name(COPYMC_MEMORY_ERROR), "MEMORY_ERROR") == 0 && copymc_outcome_name(7) == NULL);
    CHECK(strcmp(copymc_outcome_name(COPYMC_OUT_OF_MEMORY), "OUT_OF_MEMORY") == 0);
    CHECK(strcmp(copymc_wait_name(COPYMC_WAIT_USERFAULTFD_MINOR), "USERFAULTFD_MINOR") == 0 && copymc_wait_name(8) == NULL);
    CHECK(strcmp(copymc_collapse_result_name(COPYMC_COPY_MC), "COPY_MC") == 0);
    CHECK(strcmp(copymc_collapse_result_name(COPYMC_FAIL), "FAIL") == 0);
    CHECK(strcmp(copymc_collapse_result_name(COPYMC_PAGE_RO), "PAGE_RO") == 0 && copymc_collapse_result_name(35) == NULL);
    CHECK(strcmp(copymc_collapse_step_name(COPYMC_STEP_LOCK_FOR_WRITE), "lockForWrite") == 0);
    CHECK(strcmp(copymc_collapse_step_name(COPYMC_STEP_RETRACT), "retract") == 0 && copymc_collapse_step_name(15) == NULL);
    CHECK(copymc_recovery_unsupported_reason() == NULL);
    OK(copymc_recovery_enable());
    OK(copymc_recovery_prepare_thread());
    CHECK(copymc_source_unsupported_reason(COPYMC_SOURCE_MARK) == NULL);
    CHECK(copymc_source_unsupported_reason(COPYMC_SOURCE_TRUNCATED_MAPPING) == NULL);
    CHECK(strstr(copymc_source_unsupported_reason(99), "99") != NULL);
}

enum kind { ENGINE, MAP, REGION, MACHINE, PROCESS, FILE_OF_MACHINE, KHUGEPAGED, KINDS };

static struct copymc_call call;
static struct copymc_access access_result;
static uint64_t word;
static size_t size;
static char text[64];

/* Each function that takes a handle, with good arguments. Returns false after the last. */
static bool call_with(int i, uint64_t h, enum kind *kind, const char **argument, copymc_status *status) {
    struct copymc_salvage_result salvage;
    struct copymc_machine_stats machine = {.size = sizeof machine};
    struct copymc_process_stats process = {.size = sizeof process};
    struct copymc_page page;
    const char *name;
    char byte = 0;
#define CASE(n, k, a, c)                                                                                                                   \
    case n:                                                                                                                                \
        *kind = k, *argument = a, *status = c;                                                                                             \
        return true
    switch (i) {
        CASE(0, ENGINE, "engine", copymc_engine_kernel(h, &name));
        CASE(1, ENGINE, "engine", copymc_copy(h, text, &byte, 1, &size, NULL));
        CASE(2, ENGINE, "engine", copymc_salvage(h, text, &byte, 1, NULL, NULL, 0, &salvage));
        CASE(3, MAP, "map_or_region", copymc_map_mark(h, 0, 0));
        CASE(4, MAP, "map_or_region", copymc_map_clear(h, 0, 0));
        CASE(5, MAP, "map_or_region", copymc_map_first(h, 0, 0, &size));
        CASE(6, MAP, "map_or_region", copymc_map_count(h, &word));
        CASE(7, REGION, "region", copymc_region_memory(h, NULL, &size));
        CASE(8, REGION, "region", copymc_region_inject(h, 0, COPYMC_SOURCE_MARK));
        CASE(9, REGION, "region", copymc_region_heal(h, 0, 1, COPYMC_SOURCE_MARK));
        CASE(10, MACHINE, "machine", copymc_machine_memory(h, &word));
        CASE(11, MACHINE, "machine", copymc_machine_set_thp(h, COPYMC_THP_ALWAYS, COPYMC_THP_NEVER, 0));
        CASE(12, MACHINE, "machine", copymc_machine_get_stats(h, &machine));
        CASE(13, MACHINE, "machine", copymc_machine_check(h, text, sizeof text, &size));
        CASE(14, MACHINE, "machine", copymc_machine_poison(h, 0, 0, COPYMC_SOURCE_MARK));
        CASE(15, MACHINE, "machine", copymc_machine_handle_poison(h, 0, &access_result));
        CASE(16, MACHINE, "machine", copymc_machine_heal(h, 0, COPYMC_SOURCE_MARK));
        CASE(17, MACHINE, "machine", copymc_process_create(h, &word));
        CASE(18, MACHINE, "machine", copymc_file_create(h, 4096, COPYMC_FILE_SHMEM, &word));
        CASE(19, MACHINE, "machine", copymc_khugepaged_create(h, NULL, NULL, &word));
        CASE(20, PROCESS, "process", copymc_process_fork(h, &word, &call));
        CASE(21, PROCESS, "process", copymc_process_mmap(h, 0, 4096, 3, 0x22, 0, 0, &call));
        CASE(22, PROCESS, "process", copymc_process_munmap(h, 1 << 30, 4096, &call));
        CASE(23, PROCESS, "process", copymc_process_mprotect(h, 1 << 30, 4096, 1, &call));
        CASE(24, PROCESS, "process", copymc_process_madvise(h, 1 << 30, 4096, 4, &call));
        CASE(25, PROCESS, "process", copymc_process_read(h, 1 << 30, &byte, 1, &access_result));
        CASE(26, PROCESS, "process", copymc_process_write(h, 1 << 30, &byte, 1, &access_result));
        CASE(27, PROCESS, "process", copymc_process_page(h, 1 << 30, &page));
        CASE(28, PROCESS, "process", copymc_process_get_stats(h, &process));
        CASE(29, PROCESS, "process", copymc_process_collapse(h, 1 << 30, 4096, NULL, NULL, 0, &size, &call));
        CASE(30, FILE_OF_MACHINE, "file", copymc_file_truncate(h, 8192, &call));
        CASE(31, FILE_OF_MACHINE, "file", copymc_file_write_back(h));
        CASE(32, FILE_OF_MACHINE, "file", copymc_file_set_open_for_write(h, 0));
        CASE(33, KHUGEPAGED, "khugepaged", copymc_khugepaged_scan(h, NULL, 0, &size, NULL));
        CASE(34, PROCESS, "process", copymc_process_poison(h, 1 << 30, COPYMC_SOURCE_MARK, NULL));
    }
#undef CASE
    return false;
}

static void make_all(uint64_t *handles) {
    static char memory[4096];
    OK(copymc_engine_create(NULL, &handles[ENGINE]));
    OK(copymc_map_create(memory, sizeof memory, &handles[MAP]));
    OK(copymc_region_create(4096, NULL, &handles[REGION]));
    OK(copymc_machine_create(NULL, &handles[MACHINE]));
    OK(copymc_process_create(handles[MACHINE], &handles[PROCESS]));
    OK(copymc_file_create(handles[MACHINE], 4096, 0, &handles[FILE_OF_MACHINE]));
    OK(copymc_khugepaged_create(handles[MACHINE], NULL, NULL, &handles[KHUGEPAGED]));
}

static bool names_argument(const char *argument) {
    size_t length = strlen(argument);
    return strncmp(copymc_last_error(), argument, length) == 0 && copymc_last_error()[length] == ':';
}

void test_handles(void) {
    uint64_t live[KINDS], gone[KINDS];
    make_all(live);
    make_all(gone);
    for (int kind = KINDS - 1; kind >= 0; kind--)
        OK(copymc_destroy(gone[kind]));
    enum kind wanted;
    const char *argument;
    copymc_status status;
    for (int i = 0; call_with(i, 0, &wanted, &argument, &status); i++) {
        CHECK(status == COPYMC_E_HANDLE && names_argument(argument));
        uint64_t bad[] = {gone[wanted], live[wanted] + (1ull << 32), live[wanted] ^ 0x80000000u, UINT64_MAX, 1, 1ull << 63};
        for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
            call_with(i, bad[k], &wanted, &argument, &status);
            if (!CHECK(status == COPYMC_E_HANDLE && names_argument(argument)))
                printf("  function %d, handle %zu: %s, %s\n", i, k, copymc_status_name(status), copymc_last_error());
        }
        for (int kind = 0; kind < KINDS; kind++) {
            if (kind == (int)wanted || (wanted == MAP && kind == REGION))
                continue;
            call_with(i, live[kind], &wanted, &argument, &status);
            CHECK(status == COPYMC_E_HANDLE && names_argument(argument));
        }
        call_with(i, live[wanted], &wanted, &argument, &status);
        // The last one finds nothing mapped.
        CHECK(status == (i == 34 ? COPYMC_E_STATE : COPYMC_OK));
    }
    // Destroyed twice, and by its machine.
    for (int kind = 0; kind < KINDS; kind++)
        IS(COPYMC_E_HANDLE, copymc_destroy(gone[kind]));
    IS(COPYMC_E_HANDLE, copymc_destroy(0));
    uint64_t memory;
    OK(copymc_machine_memory(live[MACHINE], &memory));
    IS(COPYMC_E_INVALID, copymc_destroy(memory));
    OK(copymc_destroy(live[MACHINE]));
    for (int kind = MACHINE; kind < KINDS; kind++)
        IS(COPYMC_E_HANDLE, copymc_destroy(live[kind]));
    IS(COPYMC_E_HANDLE, copymc_region_memory(memory, NULL, &size));
    for (int kind = 0; kind < MACHINE; kind++)
        OK(copymc_destroy(live[kind]));
    // No handle is used again.
    uint64_t first, next;
    OK(copymc_region_create(4096, NULL, &first));
    OK(copymc_destroy(first));
    for (int i = 0; i < 3000; i++) {
        if (copymc_map_create(text, sizeof text, &next) != COPYMC_OK || next == first || copymc_destroy(next) != COPYMC_OK) {
            CHECK(false);
            return;
        }
    }
    IS(COPYMC_E_HANDLE, copymc_destroy(first));
}
