/* What the start files and libgcc define, for a library of which every instruction was compiled for branch target identification. */
#pragma GCC visibility push(hidden)
unsigned char __aarch64_have_lse_atomics;
void *__dso_handle = &__dso_handle;
