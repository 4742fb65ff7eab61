// The kernel's huge_memory tracepoints of a collapse. They need root.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Whether tracing is on.
bool start_trace(void);

// The events since then, as "event(field=value, ...); event(...)", without the fields that differ from run to run.
void stop_trace(char *account, size_t size);
