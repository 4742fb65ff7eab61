#ifndef MCE_REPORTED_POISON_H
#define MCE_REPORTED_POISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks a range in every watched map that covers a part of it. Returns false if none does. Async-signal-safe, lock-free. */
bool mce_mark_reported(uintptr_t address, size_t extent) __attribute__((visibility("hidden")));

#endif
