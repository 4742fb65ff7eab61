#include "scenario.h"

#include <signal.h>
#include <string.h>

const unsigned char *lost;

void prepare(void) { lost = truncated(PAGE, 64 * PAGE) + PAGE - 100; }

bool recovers(void) {
    unsigned char out[300];
    struct mce_fault fault;
    if (!lost)
        prepare();
    memset(out, 0xee, sizeof out);
    return mce_copy(out, lost, sizeof out, &fault) == sizeof out - 100 && memcmp(out, lost, 100) == 0 &&
           all(out + 100, sizeof out - 100, 0xee);
}

int position(void) {
    struct mce_handler_state state;
    REQUIRE(mce_handler_state(SIGBUS, &state) == 0);
    return state.position;
}
