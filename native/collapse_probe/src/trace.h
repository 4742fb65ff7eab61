// The huge_memory tracepoints of a collapse. They need root.
#pragma once

#include <stddef.h>

// Makes a tracing instance for this program, if it can, so that other tracing is not disturbed.
void open_trace(void);
void close_trace(void);

// Discards earlier events.
void begin_trace(void);

// Writes ", STATUS" for each range of this process that was scanned since; ", unknown" without tracing.
void end_trace(char *results, size_t size);
