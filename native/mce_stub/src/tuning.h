/* How long copies are made here: the values that the kernels read, and where they come from. */
#ifndef MCE_TUNING_H
#define MCE_TUNING_H

/* Offsets in struct mce_tuning, for the assembly. */
#define MCE_STRING_COPY_ABOVE 0
#define MCE_STREAMS_HINTED_FROM 8
#define MCE_STRING_COPY_DISTANCE 24
#define MCE_STREAMING_FORM 28
#define MCE_LOOP_IN_HALVES 32

/* The form without prefetches, as in enum mce_streaming_form. */
#define MCE_NO_PREFETCH 0

#ifndef __ASSEMBLER__

#include "cpu_table.h"
#include "mce_stub.h"

#pragma GCC visibility push(hidden)

/* Read by the kernels. */
extern struct mce_tuning mce_tuning;

/* Makes the choice, if it is not made. Not thread-safe: called by constructors and by what may run before them. */
void mce_choose_tuning(void);

/* The entry of this CPU, or of the one that COPYMC_CPU names. */
const struct mce_cpu_entry *mce_entry_here(void);

struct mce_tuning mce_tuning_of(const struct mce_cpu_entry *entry, struct mce_caches caches, bool has_fast_string_copy);

bool mce_identity_from(const char *text, struct mce_identity *cpu);

/* Prints an identity as COPYMC_CPU takes it. */
void mce_identity_to(struct mce_identity cpu, char text[32]);

/* Reads a profile for a CPU. Returns false and says why, with the line if it is a line's fault; tuning is then undefined. */
bool mce_read_profile(const char *path, struct mce_identity cpu, struct mce_tuning *tuning, char *problem, size_t size);

#pragma GCC visibility pop

#endif
#endif
