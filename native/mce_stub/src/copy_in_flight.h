/* The progress of a copy at a fault. */
#ifndef MCE_COPY_IN_FLIGHT_H
#define MCE_COPY_IN_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mce_stub.h"

struct mce_copy {
    uintptr_t source; /* the first byte not copied */
    uintptr_t destination;
    uintptr_t source_start;
    uintptr_t source_end;
    struct mce_fault *record;
};

#endif
