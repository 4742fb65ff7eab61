/* Tests what the library chooses for CPUs by their identity. */
#include "cpu_table.h"

#include <string.h>

#include "test.h"

struct expected {
    struct mce_identity cpu;
    const char *name;
    bool string_copy_recovers;
    uint32_t form, distance;
};

enum { EIGHTS = MCE_STREAMS_IN_EIGHTS, PREFETCHING = MCE_STREAMS_PREFETCHING };

static const struct expected all_expected[] = {
    {{MCE_AMD, 0x1a, 0x02}, "AMD Zen 5", true, PREFETCHING, 4095},
    {{MCE_AMD, 0x1a, 0x44}, "AMD Zen 5", true, PREFETCHING, 4095},
    {{MCE_AMD, 0x1a, 0x50}, "AMD Zen 5 or 6", true, PREFETCHING, 4095},
    {{MCE_AMD, 0x19, 0x11}, "AMD Zen 4", true, PREFETCHING, 63},
    {{MCE_AMD, 0x19, 0xa0}, "AMD Zen 4", true, PREFETCHING, 63},
    {{MCE_AMD, 0x19, 0x01}, "AMD Zen 3", true, EIGHTS, 63},
    {{MCE_AMD, 0x19, 0x21}, "AMD Zen 3", true, EIGHTS, 63},
    {{MCE_AMD, 0x19, 0x61}, "AMD Zen 4", true, PREFETCHING, 63},
    {{MCE_AMD, 0x17, 0x31}, "AMD Zen 2", true, PREFETCHING, 63},
    {{MCE_AMD, 0x17, 0x01}, "AMD Zen or Zen+", true, PREFETCHING, 63},
    {{MCE_INTEL, 6, 0x55}, "Intel Skylake, Cascade Lake or Cooper Lake server", false, EIGHTS, 4095},
    {{MCE_INTEL, 6, 0x6a}, "Intel Ice Lake server", true, EIGHTS, 4095},
    {{MCE_INTEL, 6, 0x8f}, "Intel Sapphire Rapids", true, EIGHTS, 4095},
    {{MCE_INTEL, 6, 0xcf}, "Intel Emerald Rapids", true, EIGHTS, 4095},
    {{MCE_INTEL, 6, 0xad}, "Intel Granite Rapids", true, EIGHTS, 4095},
    {{MCE_INTEL, 6, 0x9e}, "Intel Kaby Lake or Coffee Lake", true, EIGHTS, 4095},
    {{MCE_INTEL, 6, 0x97}, "Intel Alder Lake", true, EIGHTS, 4095},
    {{MCE_INTEL, 6, 0xfe}, "Intel:", true, EIGHTS, 4095},
    {{MCE_ARM, 0x41, 0xd0c}, "Arm Neoverse N1", false, EIGHTS, 63},
    {{MCE_ARM, 0x41, 0xd4f}, "Arm Neoverse V2", false, EIGHTS, 63},
    {{MCE_ARM, 0x61, 0x023}, "Apple", false, EIGHTS, 63},
#ifdef __x86_64__
    {{MCE_INTEL, 19, 0x01}, "unknown", true, EIGHTS, 63}, /* a family of the future */
    {{MCE_AMD, 0x10, 0x02}, "unknown", true, EIGHTS, 63},
    {{MCE_OTHER, 6, 0xcf}, "unknown", true, EIGHTS, 63},
    {{MCE_OTHER, 0, 0}, "unknown", true, EIGHTS, 63},
#else
    {{MCE_ARM, 0x41, 0xd03}, "unknown", false, EIGHTS, 63},
    {{MCE_OTHER, 0, 0}, "unknown", false, EIGHTS, 63},
#endif
};

void cpu_table(void) {
    for (size_t i = 0; i < sizeof all_expected / sizeof *all_expected; i++) {
        const struct expected *expected = &all_expected[i];
        const struct mce_cpu_entry *entry = mce_entry_of(expected->cpu);
        CHECK(!strncmp(entry->name, expected->name, strlen(expected->name)) && strstr(entry->name, ": "), "family %#x, model %#x: %s",
              expected->cpu.family, expected->cpu.model, entry->name);
        CHECK(entry->string_copy_recovers == expected->string_copy_recovers, "%s: string copy", entry->name);
        CHECK(entry->streaming_form == expected->form, "%s: form of the streaming loop", entry->name);
        CHECK(entry->string_copy_distance == expected->distance, "%s: distance", entry->name);
        CHECK(entry->hinted_quarters != 0, "%s: from where it streams", entry->name);
        CHECK((strstr(entry->name, "measured") != NULL), "%s: says whether it was measured", entry->name);
    }
}
