/* Tests that every address that is called or jumped to through a pointer has the instruction that indirect branch tracking expects there.
 */
#include <string.h>

#include "fixup_table.h"
#include "test.h"

#ifdef __x86_64__
#define LANDING_PAD 0xfa1e0ff3u /* endbr64 */
#else
#define LANDING_PAD 0xd503245fu /* bti c */
#endif

static bool is_landing_pad(uintptr_t address) {
    uint32_t instruction;
    memcpy(&instruction, (const void *)address, sizeof instruction);
    return instruction == LANDING_PAD;
}

void landing_pads(void) {
    for (size_t i = 0; i < kernel_count; i++)
        CHECK(is_landing_pad((uintptr_t)kernels[i].copy), "%s has no landing pad", kernels[i].name);
#ifdef __x86_64__
    /* On arm64 the handler returns to the fixups. */
    for (const struct mce_fixup *entry = mce_fixup_table; entry < mce_fixup_table_end; entry++) {
        if (entry->kind != MCE_KIND_INJECTION)
            CHECK(is_landing_pad(mce_relative(&entry->fixup)), "the fixup of entry %td has no landing pad", entry - mce_fixup_table);
    }
#endif
}
