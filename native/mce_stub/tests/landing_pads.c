/* Tests that every function that is called through a pointer has the instruction that branch target identification expects there. */
#include <string.h>

#include "test.h"

#ifdef __aarch64__

void landing_pads(void) {
    for (size_t i = 0; i < kernel_count; i++) {
        uint32_t instruction;
        memcpy(&instruction, (const void *)(uintptr_t)kernels[i].copy, sizeof instruction);
        CHECK(instruction == 0xd503245fu /* bti c */, "%s has no landing pad", kernels[i].name);
    }
}

#endif
