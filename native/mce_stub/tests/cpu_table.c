/* Tests what the library chooses for CPUs by their identity. */
#ifdef __x86_64__
#include <string.h>

#include "cpu_table.h"
#include "test.h"

struct expected {
    struct mce_identity cpu;
    const char *name;
    bool string_copy_recovers, streams_with_prefetch;
    uint32_t distance;
};

static const struct expected all_expected[] = {
    {{MCE_AMD, 0x1a, 0x02}, "AMD Zen 5", true, true, 4095},
    {{MCE_AMD, 0x1a, 0x44}, "AMD Zen 5", true, true, 4095},
    {{MCE_AMD, 0x19, 0x11}, "AMD Zen 4", true, true, 63},
    {{MCE_AMD, 0x19, 0x01}, "AMD Zen 3 or 4", true, true, 63},
    {{MCE_AMD, 0x19, 0x61}, "AMD Zen 3 or 4", true, true, 63},
    {{MCE_AMD, 0x17, 0x31}, "AMD Zen, Zen+ or Zen 2", true, true, 63},
    {{MCE_INTEL, 6, 0x55}, "Intel Skylake, Cascade Lake or Cooper Lake server", false, false, 4095},
    {{MCE_INTEL, 6, 0x6a}, "Intel", true, false, 4095}, /* Ice Lake server */
    {{MCE_INTEL, 6, 0x8f}, "Intel", true, false, 4095}, /* Sapphire Rapids */
    {{MCE_INTEL, 6, 0xcf}, "Intel Emerald Rapids", true, false, 4095},
    {{MCE_INTEL, 6, 0xad}, "Intel", true, false, 4095},  /* Granite Rapids */
    {{MCE_INTEL, 6, 0x9e}, "Intel", true, false, 4095},  /* Coffee Lake */
    {{MCE_INTEL, 19, 0x01}, "unknown", true, false, 63}, /* a family of the future */
    {{MCE_AMD, 0x10, 0x02}, "unknown", true, false, 63},
    {{MCE_OTHER, 6, 0xcf}, "unknown", true, false, 63},
    {{MCE_OTHER, 0, 0}, "unknown", true, false, 63},
};

void cpu_table(void) {
    for (size_t i = 0; i < sizeof all_expected / sizeof *all_expected; i++) {
        const struct expected *expected = &all_expected[i];
        const struct mce_tuning *chosen = mce_tuning_of(expected->cpu);
        CHECK(!strncmp(chosen->name, expected->name, strlen(expected->name)) && strstr(chosen->name, ": "), "family %#x, model %#x: %s",
              expected->cpu.family, expected->cpu.model, chosen->name);
        CHECK(chosen->string_copy_recovers == expected->string_copy_recovers, "%s: string copy", chosen->name);
        CHECK(chosen->streams_with_prefetch == expected->streams_with_prefetch, "%s: prefetch", chosen->name);
        CHECK(chosen->string_copy_distance == expected->distance, "%s: distance", chosen->name);
        CHECK(chosen->streams_from_quarters != 0, "%s: from where it streams", chosen->name);
    }
}
#endif
