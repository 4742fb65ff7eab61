#include <cpuid.h>
#include <stdbool.h>
#include <unistd.h>

#include "mce_stub.h"

struct cpu {
    bool intel, amd;
    unsigned int family, model;
};

/* Intel SDM volume 2, CPUID; AMD's has the same layout. */
static struct cpu identify(void) {
    unsigned int eax, ebx, ecx, edx;
    struct cpu cpu = {0};
    if (!__get_cpuid(0, &eax, &ebx, &ecx, &edx))
        return cpu;
    cpu.intel = ebx == signature_INTEL_ebx && ecx == signature_INTEL_ecx && edx == signature_INTEL_edx;
    cpu.amd = ebx == signature_AMD_ebx && ecx == signature_AMD_ecx && edx == signature_AMD_edx;
    __get_cpuid(1, &eax, &ebx, &ecx, &edx);
    cpu.family = ((eax >> 8) & 15) + ((eax >> 20) & 255);
    cpu.model = ((eax >> 4) & 15) | ((eax >> 12) & 0xf0);
    return cpu;
}

static bool before_zen5(void) {
    struct cpu cpu = identify();
    return cpu.amd && cpu.family < 0x1a;
}

/*
 * On Skylake, Cascade Lake and Cooper Lake servers a fast string copy may read poison beyond its own bytes, and the CPU cannot recover from
 * such a machine check (the kernel's quirk_skylake_repmov, arch/x86/kernel/cpu/mce/core.c).
 */
static bool string_copy_recovers(void) {
    struct cpu cpu = identify();
    return !(cpu.intel && cpu.family == 6 && cpu.model == 0x55);
}

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
    if (has_erms() && string_copy_recovers())
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

/*
 * If source and destination are larger than every cache, a copy is fastest when its stores do not read the lines that they overwrite. On
 * Zen 5 a long string copy does not read them either, and is faster (1.35 times memcpy at 64 MiB; streaming 1.2); on Zen 4 it reads them
 * (1.1; streaming 1.7). The threshold is three quarters of the cache, as in the C library.
 */
size_t mce_streams_from(void) {
    struct cpu cpu = identify();
    size_t cache = last_level_cache(cpu.amd);
    bool string_copy_is_faster = cpu.amd && !before_zen5() && has_erms();
    return cache == 0 || string_copy_is_faster ? SIZE_MAX : cache / 4 * 3;
}

/*
 * The length in bytes above which one rep movsb is faster than the vector loop. While the first-level cache holds source and destination,
 * the loop moves a vector per cycle (1.6 times the string copy on Zen 5, 1.1 on Zen 4). For longer copies the string copy does not read the
 * lines that it overwrites, and is up to a quarter faster. On Zen 5 that is so from 1 KiB on, if the first-level cache does not hold them:
 * from the second-level cache a page takes 1.2 times as long in the loop.
 */
size_t mce_string_copy_above __attribute__((visibility("hidden"))) = 16 * 1024;

/*
 * A mask of (dst - src): if the masked distance is 1 to 63, the vector loop is faster. The default mask keeps the offset in a page. At
 * these distances the string copy stores just ahead of its loads, and loses its gain (Zen 5) or falls to 3 GiB/s (Zen 4, from 1 to 15; so
 * does the C library's memcpy, up to the size of the second-level cache). Before Zen 5 AMD's string copy also needs the same offset in a
 * line for both addresses: otherwise it reaches 30 to 40 GiB/s, the loop 43 to 53.
 */
uint32_t mce_string_copy_distance __attribute__((visibility("hidden"))) = 4095;

/*
 * Whether the AVX-512 loop moves 32 bytes at a time. Zen 4 moves 64 bytes in two halves anyway, and a loop of 64-byte moves falls from 107
 * to 26 GiB/s there between some pairs of pages whose destination is less than 1 KiB ahead of the source modulo 4096.
 */
bool mce_loop_in_halves __attribute__((visibility("hidden")));

/* The length in bytes from which a streaming kernel streams. Shorter copies and their source fit into the second-level cache, and a fence
 * costs more. */
size_t mce_streaming_from __attribute__((visibility("hidden"))) = 128 * 1024;

__attribute__((constructor)) static void measure_caches(void) {
    long first = sysconf(_SC_LEVEL1_DCACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (first > 0)
        mce_string_copy_above = (size_t)first / 2;
    if (second > 0)
        mce_streaming_from = (size_t)second / 4;
    if (before_zen5()) {
        mce_string_copy_distance = 63;
        mce_loop_in_halves = true;
    } else if (identify().amd) {
        mce_string_copy_above = 1024;
    }
}
