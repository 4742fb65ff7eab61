// The kernel's huge_memory tracepoints of a collapse. They need root.
#pragma once

#include <stddef.h>

// Makes a tracing instance for this program alone, if it can: what else traces is not disturbed.
void open_trace(void);
void close_trace(void);

// Forgets what was traced before.
void begin_trace(void);

// ", STATUS" for each range that this process had looked at since; ", unknown" without tracing.
void end_trace(char *results, size_t size);
