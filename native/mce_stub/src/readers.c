#include "readers.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

enum { SHARDS = 64, BANKS = 2 };

/* Two lines apart, because some CPUs fetch lines in pairs. */
struct shard {
    _Alignas(128) atomic_ulong inside[BANKS];
};

static struct shard shards[SHARDS];
static atomic_uint bank;

/* Threads have their stacks at different addresses. Thread-local storage may allocate when it is first used, which a handler must not. */
static unsigned shard_of_thread(void) {
    uint64_t stack = (uintptr_t)__builtin_frame_address(0) >> 16;
    return (unsigned)(stack * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

unsigned mce_readers_bank(void) { return atomic_load_explicit(&bank, memory_order_relaxed) % BANKS; }

unsigned mce_readers_enter_bank(unsigned in) {
    unsigned place = shard_of_thread() * BANKS + in;
    /* Sequentially consistent: what the reader loads next was not loaded before. */
    atomic_fetch_add(&shards[place / BANKS].inside[place % BANKS], 1);
    return place;
}

unsigned mce_readers_enter(void) { return mce_readers_enter_bank(mce_readers_bank()); }

void mce_readers_leave(unsigned place) { atomic_fetch_sub_explicit(&shards[place / BANKS].inside[place % BANKS], 1, memory_order_release); }

/* Twice: a reader may have read the bank before the first turn and have counted itself after it. */
void mce_readers_wait(void) {
    for (int turn = 0; turn < BANKS; turn++) {
        unsigned former = atomic_fetch_add(&bank, 1) % BANKS;
        for (int i = 0; i < SHARDS; i++) {
            while (atomic_load(&shards[i].inside[former]) != 0)
                sched_yield();
        }
    }
}

void mce_readers_forget(void) {
    for (int i = 0; i < SHARDS; i++) {
        for (int j = 0; j < BANKS; j++)
            atomic_store(&shards[i].inside[j], 0);
    }
}
