/* What this CPU is and can do. */
#include "cpu.h"

#include <asm/hwcap.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "mce_stub.h"

uint32_t mce_cpu_features(void) { return MCE_CPU_NEON; }

bool mce_has_fast_string_copy(void) { return false; }

/* The kernel emulates the read (Documentation/arch/arm64/cpu-feature-registers.rst): bits 31 to 24 implementer, 15 to 4 part. */
struct mce_identity mce_identify(void) {
    uint64_t midr;
    if (!(getauxval(AT_HWCAP) & HWCAP_CPUID))
        return (struct mce_identity){0};
    __asm__("mrs %0, midr_el1" : "=r"(midr));
    return (struct mce_identity){.vendor = MCE_ARM, .family = (midr >> 24) & 0xff, .model = (midr >> 4) & 0xfff};
}

static size_t size_of(int variable) {
    long size = sysconf(variable);
    return size > 0 ? (size_t)size : 0;
}

struct mce_caches mce_caches_of_core(void) {
    return (struct mce_caches){
        .first = size_of(_SC_LEVEL1_DCACHE_SIZE), .second = size_of(_SC_LEVEL2_CACHE_SIZE), .last = size_of(_SC_LEVEL3_CACHE_SIZE)};
}
