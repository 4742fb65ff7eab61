#include <cpuid.h>
#include <stdbool.h>
#include <unistd.h>

#include "mce_stub.h"

/*
 * On Skylake, Cascade Lake and Cooper Lake servers a fast string copy may run into poison beyond the bytes it was asked for, and
 * such a machine check cannot be recovered from (the kernel's quirk_skylake_repmov, arch/x86/kernel/cpu/mce/core.c).
 */
static bool string_copy_recovers(void) {
    unsigned int eax, ebx, ecx, edx;
    if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx))
        return false;
    bool intel = ebx == signature_INTEL_ebx && ecx == signature_INTEL_ecx && edx == signature_INTEL_edx;
    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    unsigned int family = (eax >> 8) & 15, model = ((eax >> 4) & 15) | ((eax >> 12) & 0xf0);
    return !(intel && family == 6 && model == 0x55);
}

static bool has_erms(void) {
    const unsigned int erms = 1u << 9; /* CPUID.(7,0):EBX, Intel SDM volume 2, CPUID */
    unsigned int eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & erms);
}

uint32_t mce_cpu_features(void) {
    __builtin_cpu_init();
    uint32_t features = MCE_CPU_SSE2;
    /* These ask the operating system too, whether it saves the registers. */
    if (__builtin_cpu_supports("avx2"))
        features |= MCE_CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        features |= MCE_CPU_AVX512;
    if (has_erms() && string_copy_recovers())
        features |= MCE_CPU_STRING_COPY;
    return features;
}

/*
 * Bytes from which one rep movsb beats the vector loop. While source and destination fit the first-level cache together, the loop
 * moves a vector a cycle (1.6 times the string copy on Zen 5); beyond, the string copy does not read the lines it will
 * overwrite and wins by up to a quarter.
 */
size_t mce_string_copy_from __attribute__((visibility("hidden"))) = 16 * 1024;

/* Bytes from which a streaming kernel streams: less stays in the second-level cache with its source, and fences cost more. */
size_t mce_streaming_from __attribute__((visibility("hidden"))) = 128 * 1024;

__attribute__((constructor)) static void measure_caches(void) {
    long first = sysconf(_SC_LEVEL1_DCACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (first > 0)
        mce_string_copy_from = (size_t)first / 2;
    if (second > 0)
        mce_streaming_from = (size_t)second / 4;
}
