#include "cpu_table.h"

/*
 * The first entry that fits counts. Zen 4 and Zen 5 were measured in virtual machines with two cores, Emerald Rapids in one with 16
 * (docs/performance.md). An entry that nobody has measured says so, and makes the choices of its nearest relative.
 *
 * - Zen 4: a loop of 64-byte moves falls from 107 to 26 GiB/s between some pairs of pages whose destination is less than 1 KiB ahead of the
 *   source modulo 4096; the CPU does such moves in halves anyway. rep movsb falls to 3 GiB/s at distances of 1 to 15 modulo 4096 (so does
 *   the C library's memcpy), and reaches 30 to 40 GiB/s where the offsets in a line differ; the loop reaches 43 to 53.
 * - Zen 5: from the second-level cache a page takes 1.2 times as long in the loop as by rep movsb. That does not read the lines that it
 *   overwrites: at 64 MiB it has 1.35 times the speed of memcpy, streaming 1.2.
 * - Emerald Rapids: prefetchnta more than halves the speed of streaming stores: 0.57 of memcpy at 2 MiB cold, 1.33 without it; 0.56
 * and 1.81 at 64 MiB. Streaming loses half at 512 KiB, and gains 1.44 at 2 MiB.
 */
static const struct mce_tuning table[] = {
    {
        .vendor = MCE_AMD,
        .family = 0x1a,
        .last_model = 0xff,
        .name = "AMD Zen 5: measured",
        .string_copy_recovers = true,
        .string_copy_above = 1024,
        .string_copy_distance = 4095,
        .streams_with_prefetch = true,
        .streams_from_quarters = 1,
    },
    {
        .vendor = MCE_AMD,
        .family = 0x19,
        .first_model = 0x10,
        .last_model = 0x1f,
        .name = "AMD Zen 4: measured",
        .string_copy_recovers = true,
        .string_copy_distance = 63,
        .loop_in_halves = true,
        .streams_with_prefetch = true,
        .streams_from_quarters = 1,
        .streams_beyond_cache = true,
    },
    {
        .vendor = MCE_AMD,
        .family = 0x19,
        .last_model = 0xff,
        .name = "AMD Zen 3 or 4: as Zen 4; not measured",
        .string_copy_recovers = true,
        .string_copy_distance = 63,
        .loop_in_halves = true,
        .streams_with_prefetch = true,
        .streams_from_quarters = 1,
        .streams_beyond_cache = true,
    },
    {
        .vendor = MCE_AMD,
        .family = 0x17,
        .last_model = 0xff,
        .name = "AMD Zen, Zen+ or Zen 2: as Zen 4; not measured",
        .string_copy_recovers = true,
        .string_copy_distance = 63,
        .loop_in_halves = true,
        .streams_with_prefetch = true,
        .streams_from_quarters = 1,
        .streams_beyond_cache = true,
    },
    {
        .vendor = MCE_INTEL,
        .family = 6,
        .first_model = 0x55,
        .last_model = 0x55,
        .name = "Intel Skylake, Cascade Lake or Cooper Lake server: as Emerald Rapids; not measured",
        .string_copy_distance = 4095,
        .streams_from_quarters = 4,
        .streams_beyond_cache = true,
    },
    {
        .vendor = MCE_INTEL,
        .family = 6,
        .first_model = 0xcf,
        .last_model = 0xcf,
        .name = "Intel Emerald Rapids: bare loops measured; this library's not",
        .string_copy_recovers = true,
        .string_copy_distance = 4095,
        .streams_from_quarters = 4,
        .streams_beyond_cache = true,
    },
    {
        .vendor = MCE_INTEL,
        .last_model = 0xff,
        .family = 6,
        .name = "Intel: as Emerald Rapids; not measured",
        .string_copy_recovers = true,
        .string_copy_distance = 4095,
        .streams_from_quarters = 4,
        .streams_beyond_cache = true,
    },
    {
        .name = "unknown: not measured",
        .string_copy_recovers = true,
        .string_copy_distance = 63,
        .streams_from_quarters = 4,
        .streams_beyond_cache = true,
    },
};

const struct mce_tuning *mce_tuning_of(struct mce_identity cpu) {
    const struct mce_tuning *entry = table, *last = &table[sizeof table / sizeof *table - 1];
    while (entry != last && !(entry->vendor == cpu.vendor && entry->family == cpu.family && cpu.model >= entry->first_model &&
                              cpu.model <= entry->last_model))
        entry++;
    return entry;
}
