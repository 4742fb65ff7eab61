#include "mce_stub.h"

uint32_t mce_cpu_features(void) { return MCE_CPU_NEON; }
