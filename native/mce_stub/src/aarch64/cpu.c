#include "mce_stub.h"

uint32_t mce_cpu_features(void) { return MCE_CPU_NEON; }

/* Not yet measured on arm64. */
size_t mce_streams_from(void) { return SIZE_MAX; }
