#include "cpu_table.h"

#include "mce_stub.h"

/*
 * The choices, each named after the CPU that it was measured on. The figures are ratios to the C library's memcpy; docs/performance.md has
 * them all, and says how a CPU is added.
 *
 * - Zen 3: from the caches the loop is 1.07 times as fast as rep movsb, from memory 0.92 to 1 times. Streaming stores have 1.41 with
 *   prefetchnta at 2 MiB cold and 1.6 without it, 1.55 and 1.85 at 64 MiB. With the first read of the destination they gain with two
 *   threads from 8 MiB on (1.06 to 1.2), with one from 16 MiB on (1.15).
 * - Zen 4: a loop of 64-byte moves falls from 107 to 26 GiB/s between some pairs of pages whose destination is less than 1 KiB ahead of the
 *   source modulo 4096; the CPU does such moves in halves anyway. rep movsb falls to 3 GiB/s at distances of 1 to 15 modulo 4096 (so does
 *   the C library's memcpy), and reaches 30 to 40 GiB/s where the offsets in a line differ; the loop reaches 43 to 53.
 * - Zen 5: from the second-level cache a page takes 1.2 times as long in the loop as by rep movsb. That does not read the lines that it
 *   overwrites: at 64 MiB it has 1.35 times the speed of memcpy, streaming 1.2.
 * - Emerald Rapids, bare loops: prefetchnta more than halves the speed of streaming stores: 0.57 at 2 MiB cold, 1.33 without it; 0.56 and
 *   1.81 at 64 MiB. Streaming loses half at 512 KiB, and gains 1.44 at 2 MiB.
 * - Skylake servers: rep movsb does not recover there (cpu_table.h).
 * - arm64: nobody has measured. stnp is a hint that many cores ignore, so no copy streams without being asked to.
 */
#define ZEN3                                                                                                                               \
    .string_copy_recovers = true, .string_copy_above = SIZE_MAX, .string_copy_distance = 63, .hinted_quarters = 1, .unhinted_quarters = 1
#define ZEN4                                                                                                                               \
    .string_copy_recovers = true, .string_copy_distance = 63, .loop_in_halves = true, .streaming_form = MCE_STREAMS_PREFETCHING,           \
    .hinted_quarters = 1, .unhinted_quarters = 3
#define ZEN5                                                                                                                               \
    .string_copy_recovers = true, .string_copy_above = 1024, .string_copy_distance = 4095, .streaming_form = MCE_STREAMS_PREFETCHING,      \
    .hinted_quarters = 1
#define EMERALD_RAPIDS .string_copy_recovers = true, .string_copy_distance = 4095, .hinted_quarters = 4, .unhinted_quarters = 3
#define SKYLAKE_SERVER .string_copy_distance = 4095, .hinted_quarters = 4, .unhinted_quarters = 3
#define CAUTIOUS .string_copy_recovers = true, .string_copy_distance = 63, .hinted_quarters = 4, .unhinted_quarters = 3
#define ARM64 .string_copy_distance = 63, .hinted_quarters = 4

/* The first entry that fits counts. The models of AMD are those of bsp_init_amd (arch/x86/kernel/cpu/amd.c), those of Intel are in
 * arch/x86/include/asm/intel-family.h, those of arm64 in arch/arm64/include/asm/cputype.h. */
static const struct mce_cpu_entry table[] = {
    {MCE_AMD, 0x17, 0x00, 0x2f, "AMD Zen or Zen+: as Zen 4; not measured", ZEN4},
    {MCE_AMD, 0x17, 0x30, 0xff, "AMD Zen 2: as Zen 4; not measured", ZEN4},
    {MCE_AMD, 0x19, 0x00, 0x0f, "AMD Zen 3: measured", ZEN3},
    {MCE_AMD, 0x19, 0x10, 0x1f, "AMD Zen 4: measured", ZEN4},
    {MCE_AMD, 0x19, 0x20, 0x5f, "AMD Zen 3: as its servers; not measured", ZEN3},
    {MCE_AMD, 0x19, 0x60, 0xff, "AMD Zen 4: as its servers; not measured", ZEN4},
    {MCE_AMD, 0x1a, 0x00, 0x4f, "AMD Zen 5: measured", ZEN5},
    {MCE_AMD, 0x1a, 0x50, 0xff, "AMD Zen 5 or 6: as Zen 5's servers; not measured", ZEN5},
    {MCE_INTEL, 6, 0x4e, 0x4e, "Intel Skylake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x55, 0x55, "Intel Skylake, Cascade Lake or Cooper Lake server: as Emerald Rapids; not measured", SKYLAKE_SERVER},
    {MCE_INTEL, 6, 0x5e, 0x5e, "Intel Skylake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x6a, 0x6c, "Intel Ice Lake server: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x7d, 0x7e, "Intel Ice Lake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x8c, 0x8d, "Intel Tiger Lake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x8e, 0x8e, "Intel Kaby Lake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x8f, 0x8f, "Intel Sapphire Rapids: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x97, 0x9a, "Intel Alder Lake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x9e, 0x9e, "Intel Kaby Lake or Coffee Lake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0xad, 0xae, "Intel Granite Rapids: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0xb7, 0xbf, "Intel Raptor Lake: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0xcf, 0xcf, "Intel Emerald Rapids: bare loops measured; this library's not", EMERALD_RAPIDS},
    {MCE_INTEL, 6, 0x00, 0xff, "Intel: as Emerald Rapids; not measured", EMERALD_RAPIDS},
    {MCE_ARM, 0x41, 0xd0c, 0xd0c, "Arm Neoverse N1: not measured", ARM64},
    {MCE_ARM, 0x41, 0xd40, 0xd40, "Arm Neoverse V1: not measured", ARM64},
    {MCE_ARM, 0x41, 0xd49, 0xd49, "Arm Neoverse N2: not measured", ARM64},
    {MCE_ARM, 0x41, 0xd4f, 0xd4f, "Arm Neoverse V2: not measured", ARM64},
    {MCE_ARM, 0x61, 0x000, 0xfff, "Apple: not measured", ARM64},
    {MCE_ARM, 0xc0, 0x000, 0xfff, "Ampere: not measured", ARM64},
#ifdef __aarch64__
    {MCE_OTHER, 0, 0, 0, "unknown arm64: not measured", ARM64},
#else
    {MCE_OTHER, 0, 0, 0, "unknown: the cautious choice; not measured", CAUTIOUS},
#endif
};

const struct mce_cpu_entry *mce_entry_of(struct mce_identity cpu) {
    const struct mce_cpu_entry *entry = table, *last = &table[sizeof table / sizeof *table - 1];
    while (entry != last && !(entry->vendor == cpu.vendor && entry->family == cpu.family && cpu.model >= entry->first_model &&
                              cpu.model <= entry->last_model))
        entry++;
    return entry;
}
