/* Copies 2 MiB with a line that is known to be bad and a page whose file was truncated: once up to the first, once past both. */
#include <copymc.h>
#include <stdio.h>
#include <stdlib.h>

static void must(copymc_status status) {
    if (status != COPYMC_OK) {
        fprintf(stderr, "%s: %s\n", copymc_status_name(status), copymc_last_error());
        exit(1);
    }
}

int main(void) {
    const size_t length = 2 << 20;
    copymc_engine engine;
    copymc_region source, destination;
    void *from, *to;
    must(copymc_engine_create(NULL, &engine));
    must(copymc_region_create(length, NULL, &source));
    must(copymc_region_create(length, NULL, &destination));
    must(copymc_region_memory(source, &from, NULL));
    must(copymc_region_memory(destination, &to, NULL));

    must(copymc_map_mark(source, 4096, 1));
    must(copymc_region_inject(source, 1 << 20, COPYMC_SOURCE_TRUNCATED_MAPPING));

    size_t not_copied;
    struct copymc_fault fault;
    must(copymc_copy(engine, to, from, length, &not_copied, &fault));
    printf("%zu bytes not copied: %s at +%zu, %zu bytes\n", not_copied, copymc_fault_kind_name(fault.kind),
           (size_t)(fault.address - (uintptr_t)from), (size_t)fault.extent);

    struct copymc_lost_range lost[16];
    struct copymc_salvage_options options = COPYMC_SALVAGE_OPTIONS_INIT;
    struct copymc_salvage_result result;
    options.fill = COPYMC_FILL_ZERO;
    must(copymc_salvage(engine, to, from, length, &options, lost, 16, &result));
    for (size_t i = 0; i < result.lost_ranges && i < 16; i++)
        printf("%zu bytes lost at +%zu\n", (size_t)lost[i].length, (size_t)lost[i].offset);
    printf("%zu of %zu bytes copied\n", (size_t)(result.processed_bytes - result.lost_bytes), length);

    must(copymc_destroy(source));
    must(copymc_destroy(destination));
    must(copymc_destroy(engine));
}
