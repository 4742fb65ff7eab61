#include "mce_stub.h"

uint32_t mce_cpu_features(void) { return MCE_CPU_NEON; }

/* Not yet measured on arm64. */
const char *mce_tuning_name(void) { return "arm64: not measured"; }

size_t mce_streams_from(void) { return SIZE_MAX; }
