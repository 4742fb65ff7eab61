// The kernel's own account of a collapse: its huge_memory tracepoints. Only root gets them.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Whether tracing is on.
bool start_trace(void);

// What happened since, as "event(field=value, ...); event(...)", without the fields that differ from run to run.
void stop_trace(char *account, size_t size);
