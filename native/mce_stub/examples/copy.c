/* Copies from memory with a line that is known to be bad, and from a mapping whose file was truncated. Exits with 0 if both copies stop
 * there. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mce_stub.h"

enum { LENGTH = 64 * 1024 };

static size_t copy(void *to, const void *from) {
    struct mce_fault fault;
    size_t remaining = mce_copy(to, from, LENGTH, &fault);
    printf("%zu bytes not copied", remaining);
    if (remaining != 0)
        printf(": %zu bytes are lost from byte %zu on (%s)", fault.extent, (size_t)(fault.address - (uintptr_t)from),
               fault.kind == MCE_KNOWN_POISON ? "known poison" : "bus error");
    puts("");
    return remaining;
}

int main(void) {
    static unsigned char source[LENGTH] __attribute__((aligned(64))), destination[LENGTH];
    mce_map_t map;
    if (mce_abi_version() != MCE_ABI_VERSION || mce_enable(SIGBUS) != 0 || mce_map_create(source, LENGTH, &map) != 0)
        return 1;
    mce_map_mark(map, 10000, 1);
    size_t known = copy(destination, source);
    mce_map_destroy(map);

    int file = memfd_create("example", 0);
    if (ftruncate(file, LENGTH) != 0)
        return 1;
    unsigned char *mapped = mmap(NULL, LENGTH, PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED || ftruncate(file, 20480) != 0)
        return 1;
    size_t lost = copy(destination, mapped);
    return known == LENGTH - 9984 && lost == LENGTH - 20480 ? 0 : 1;
}
