/* What this CPU can do, and the choices of cpu_table.c for it. */
#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu_table.h"
#include "mce_stub.h"

/* Intel SDM volume 2, CPUID; AMD's has the same layout. */
static struct mce_identity identify(void) {
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

/* The identity of another CPU, to test its choices here. */
static bool identity_from(const char *text, struct mce_identity *cpu) {
    char vendor[8];
    if (!text || sscanf(text, "%7s %u %u", vendor, &cpu->family, &cpu->model) != 3)
        return false;
    cpu->vendor = !strcmp(vendor, "AMD") ? MCE_AMD : !strcmp(vendor, "Intel") ? MCE_INTEL : MCE_OTHER;
    return true;
}

/* The vendor that the caches are read from is always the real one. */
static const struct mce_tuning *tuning(void) {
    struct mce_identity cpu;
    return mce_tuning_of(identity_from(getenv("COPYMC_CPU"), &cpu) ? cpu : identify());
}

const char *mce_tuning_name(void) { return tuning()->name; }

static bool has_erms(void) {
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
    if (has_erms() && tuning()->string_copy_recovers)
        features |= MCE_CPU_STRING_COPY;
    return features;
}

/* The last-level cache of one core in bytes, 0 if unknown. Intel's leaf 4 and AMD's 0x8000001D have the same layout. sysconf adds up all
   caches of the package, most of which one core cannot fill. */
static size_t last_level_cache(bool amd) {
    size_t last = 0;
    unsigned int eax, ebx, ecx, edx;
    for (unsigned int i = 0; __get_cpuid_count(amd ? 0x8000001d : 4, i, &eax, &ebx, &ecx, &edx) && (eax & 31) != 0 && i < 8; i++)
        last = (size_t)((ebx >> 22) + 1) * (((ebx >> 12) & 1023) + 1) * ((ebx & 4095) + 1) * ((size_t)ecx + 1);
    return last;
}

/* A long string copy may be as fast, and needs no threshold; without it, streaming is the only way that does not read what it overwrites.
 */
size_t mce_streams_from(void) {
    size_t cache = last_level_cache(identify().vendor == MCE_AMD);
    return cache != 0 && (tuning()->streams_beyond_cache || !has_erms()) ? cache / 4 * 3 : SIZE_MAX;
}

/* Read by the kernels. cpu_table.h describes them. */
size_t mce_string_copy_above __attribute__((visibility("hidden"))) = 16 * 1024;
uint32_t mce_string_copy_distance __attribute__((visibility("hidden"))) = 4095;
bool mce_loop_in_halves __attribute__((visibility("hidden")));
bool mce_streams_with_prefetch __attribute__((visibility("hidden")));

/* The length in bytes from which a streaming kernel streams. Shorter copies and their source fit into the second-level cache, and a fence
 * costs more. */
size_t mce_streaming_from __attribute__((visibility("hidden"))) = 128 * 1024;

__attribute__((constructor)) static void choose(void) {
    const struct mce_tuning *chosen = tuning();
    long first = sysconf(_SC_LEVEL1_DCACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (chosen->string_copy_above != 0)
        mce_string_copy_above = chosen->string_copy_above;
    else if (first > 0)
        mce_string_copy_above = (size_t)first / 2;
    if (second > 0)
        mce_streaming_from = (size_t)second / 4 * chosen->streams_from_quarters;
    mce_string_copy_distance = chosen->string_copy_distance;
    mce_loop_in_halves = chosen->loop_in_halves;
    mce_streams_with_prefetch = chosen->streams_with_prefetch;
}
