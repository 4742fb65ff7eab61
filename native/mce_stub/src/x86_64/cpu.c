/* What this CPU is and can do. */
#include "cpu.h"

#include <cpuid.h>
#include <stdint.h>
#include <unistd.h>

#include "mce_stub.h"
#include "tuning.h"

/* Intel SDM volume 2, CPUID; AMD's has the same layout. */
struct mce_identity mce_identify(void) {
    unsigned int eax, ebx, ecx, edx;
    struct mce_identity cpu = {0};
    if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx))
        return cpu;
    if (ebx == signature_INTEL_ebx && ecx == signature_INTEL_ecx && edx == signature_INTEL_edx)
        cpu.vendor = MCE_INTEL;
    else if (ebx == signature_AMD_ebx && ecx == signature_AMD_ecx && edx == signature_AMD_edx)
        cpu.vendor = MCE_AMD;
    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    cpu.family = ((eax >> 8) & 15) + ((eax >> 20) & 255);
    cpu.model = ((eax >> 4) & 15) | ((eax >> 12) & 0xf0);
    return cpu;
}

bool mce_has_fast_string_copy(void) {
    const unsigned int erms = 1u << 9; /* CPUID.(7,0):EBX, Intel SDM volume 2, CPUID */
    unsigned int eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & erms);
}

uint32_t mce_cpu_features(void) {
    __builtin_cpu_init();
    uint32_t features = MCE_CPU_SSE2;
    /* These also check that the operating system saves the registers. */
    if (__builtin_cpu_supports("avx2"))
        features |= MCE_CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        features |= MCE_CPU_AVX512;
    if (mce_has_fast_string_copy() && mce_entry_here()->string_copy_recovers)
        features |= MCE_CPU_STRING_COPY;
    return features;
}

#ifdef _SC_LEVEL1_DCACHE_SIZE
static size_t size_of(int variable) {
    long size = sysconf(variable);
    return size > 0 ? (size_t)size : 0;
}
#endif

/* Intel's leaf 4 and AMD's 0x8000001D have the same layout. sysconf adds up all last-level caches of the package, most of which one core
   cannot fill; for the others it knows older leaves too, but musl's has no sizes. */
struct mce_caches mce_caches_of_core(void) {
    enum { NONE = 0, INSTRUCTIONS = 2 };
    struct mce_caches caches = {0};
    unsigned int leaf = mce_identify().vendor == MCE_AMD ? 0x8000001d : 4, eax, ebx, ecx, edx;
    for (unsigned int i = 0; __get_cpuid_count(leaf, i, &eax, &ebx, &ecx, &edx) && (eax & 31) != NONE && i < 8; i++) {
        const size_t size = (size_t)((ebx >> 22) + 1) * (((ebx >> 12) & 1023) + 1) * ((ebx & 4095) + 1) * ((size_t)ecx + 1);
        const unsigned int level = (eax >> 5) & 7;
        if (level == 1 && (eax & 31) != INSTRUCTIONS)
            caches.first = size;
        if (level == 2)
            caches.second = size;
        caches.last = size;
    }
#ifdef _SC_LEVEL1_DCACHE_SIZE
    if (caches.first == 0)
        caches.first = size_of(_SC_LEVEL1_DCACHE_SIZE);
    if (caches.second == 0)
        caches.second = size_of(_SC_LEVEL2_CACHE_SIZE);
#endif
    return caches;
}
