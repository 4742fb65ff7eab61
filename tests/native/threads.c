/* Several threads: handles, machines, messages. */
#include "test.h"
#include <pthread.h>
#include <stdlib.h>

static void *use_from_elsewhere(void *context) {
    struct machine *m = context;
    struct copymc_machine_stats stats = {.size = sizeof stats};
    struct copymc_call call;
    CHECK(strcmp(copymc_last_error(), "") == 0);
    IS(COPYMC_E_BUSY, copymc_machine_get_stats(m->machine, &stats));
    IS(COPYMC_E_BUSY, copymc_process_munmap(m->process, m->address, 4096, &call));
    IS(COPYMC_E_BUSY, copymc_destroy(m->machine));
    IS(COPYMC_E_BUSY, copymc_destroy(m->process));
    CHECK(strstr(copymc_last_error(), "another thread") != NULL);
    // The memory and its map are not the machine's turn.
    copymc_region region;
    uint64_t lines;
    OK(copymc_machine_memory(m->machine, &region));
    OK(copymc_map_count(region, &lines));
    return NULL;
}

static int32_t from_another_thread(void *context, const struct copymc_step *step) {
    if (step->step == COPYMC_STEP_COPY) {
        pthread_t thread;
        IS(COPYMC_E_INVALID, copymc_map_create(NULL, 1, NULL));
        char *mine = strdup(copymc_last_error());
        pthread_create(&thread, NULL, use_from_elsewhere, context);
        pthread_join(thread, NULL);
        CHECK(strcmp(mine, copymc_last_error()) == 0);
        free(mine);
    }
    return 0;
}

static void one_thread_at_a_time(void) {
    struct machine m = make_machine(NULL);
    struct copymc_observer observer = COPYMC_OBSERVER_INIT(from_another_thread, &m);
    struct copymc_call call;
    size_t ranges;
    OK(copymc_process_collapse(m.process, m.address, 2 << 20, &observer, NULL, 0, &ranges, &call));
    CHECK(call.error == 0);
    OK(copymc_destroy(m.machine));
}

enum { SHARED = 8, ROUNDS = 20000 };
static uint64_t shared[SHARED];
static int destroyed, made, wrong;

/* Makes, uses and destroys objects that the other threads use and destroy too. */
static void *churn(void *seed) {
    unsigned random = (unsigned)(uintptr_t)seed;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t *slot = &shared[rand_r(&random) % SHARED], handle = __atomic_load_n(slot, __ATOMIC_ACQUIRE), fresh = 0, lines;
        copymc_status status;
        switch (rand_r(&random) % 4) {
        case 0:
            status = rand_r(&random) % 2 ? copymc_map_create(shared, sizeof shared, &fresh) : copymc_engine_create(NULL, &fresh);
            if (status != COPYMC_OK)
                __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
            __atomic_fetch_add(&made, 1, __ATOMIC_RELAXED);
            handle = __atomic_exchange_n(slot, fresh, __ATOMIC_ACQ_REL);
            // fall through
        case 1:
            status = copymc_destroy(handle);
            if (status == COPYMC_OK)
                __atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
            else if (status != COPYMC_E_HANDLE)
                __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
            break;
        default:
            status = copymc_map_count(handle, &lines);
            if (status != COPYMC_OK && status != COPYMC_E_HANDLE)
                __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
        }
    }
    return NULL;
}

static struct machine raced;
static int done, busy, gone, strange;

static void *race(void *ending) {
    for (int i = 0; i < 3000; i++) {
        struct copymc_process_stats stats = {.size = sizeof stats};
        copymc_status status = ending && i == 2000 ? copymc_destroy(raced.machine) : copymc_process_get_stats(raced.process, &stats);
        int *counter = status == COPYMC_OK ? &done : status == COPYMC_E_BUSY ? &busy : status == COPYMC_E_HANDLE ? &gone : &strange;
        __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
        if (ending && i == 2000 && status == COPYMC_E_BUSY)
            i--;
    }
    return NULL;
}

void test_threads(void) {
    one_thread_at_a_time();
    pthread_t threads[3];
    for (uintptr_t i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, churn, (void *)(i + 1));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < SHARED; i++)
        destroyed += copymc_destroy(shared[i]) == COPYMC_OK;
    // Each object was destroyed once.
    CHECK(wrong == 0 && made == destroyed);
    raced = make_machine(NULL);
    for (uintptr_t i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, race, (void *)(uintptr_t)(i == 0));
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    CHECK(strange == 0 && done > 0 && gone > 0);
}
