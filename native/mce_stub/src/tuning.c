/* Chooses how long copies are made: by the profile that COPYMC_TUNING names, or by the table. */
#include "tuning.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checked_copy.h"

_Static_assert(offsetof(struct mce_tuning, string_copy_above) == MCE_STRING_COPY_ABOVE, "the assembly reads it");
_Static_assert(offsetof(struct mce_tuning, streams_hinted_from) == MCE_STREAMS_HINTED_FROM, "the assembly reads it");
_Static_assert(offsetof(struct mce_tuning, string_copy_distance) == MCE_STRING_COPY_DISTANCE, "the assembly reads it");
_Static_assert(offsetof(struct mce_tuning, streaming_form) == MCE_STREAMING_FORM, "the assembly reads it");
_Static_assert(offsetof(struct mce_tuning, loop_in_halves) == MCE_LOOP_IN_HALVES, "the assembly reads it");

_Static_assert(MCE_STREAMS_IN_EIGHTS == MCE_NO_PREFETCH, "the assembly compares with it");

/* Until the choice is made, for copies of other libraries' constructors. */
struct mce_tuning mce_tuning = {
    .string_copy_above = 16 * 1024,
    .streams_hinted_from = 128 * 1024,
    .streams_from = SIZE_MAX,
    .string_copy_distance = 63,
};

static const char *const vendors[] = {[MCE_OTHER] = "other", [MCE_AMD] = "AMD", [MCE_INTEL] = "Intel", [MCE_ARM] = "ARM"};

static struct mce_identity identity;
static char name[256], problem[512], cpu_name[32];
static bool chosen;

bool mce_identity_from(const char *text, struct mce_identity *cpu) {
    char vendor[8], more;
    if (!text || sscanf(text, "%7s %u %u %c", vendor, &cpu->family, &cpu->model, &more) != 3)
        return false;
    cpu->vendor = MCE_OTHER;
    for (unsigned i = 0; i < sizeof vendors / sizeof *vendors; i++) {
        if (!strcmp(vendor, vendors[i]))
            cpu->vendor = (enum mce_vendor)i;
    }
    return true;
}

void mce_identity_to(struct mce_identity cpu, char text[32]) { snprintf(text, 32, "%s %u %u", vendors[cpu.vendor], cpu.family, cpu.model); }

static struct mce_identity identity_here(void) {
    struct mce_identity cpu;
    return mce_identity_from(getenv("COPYMC_CPU"), &cpu) ? cpu : mce_identify();
}

const struct mce_cpu_entry *mce_entry_here(void) { return mce_entry_of(identity_here()); }

struct mce_tuning mce_tuning_of(const struct mce_cpu_entry *entry, struct mce_caches caches, bool has_fast_string_copy) {
    bool lacks_string_copy = entry->string_copy_recovers && !has_fast_string_copy;
    unsigned unhinted = entry->unhinted_quarters ? entry->unhinted_quarters : lacks_string_copy ? 3 : 0;
    /* A larger value would mean never: kernels are called with at most a block. */
    size_t hinted = caches.second ? caches.second / 4 * entry->hinted_quarters : 128 * 1024;
    return (struct mce_tuning){
        .string_copy_above = entry->string_copy_above ? entry->string_copy_above
                             : caches.first           ? caches.first / 2
                                                      : 16 * 1024,
        .streams_hinted_from = hinted < MCE_BLOCK ? hinted : MCE_BLOCK,
        .streams_from = caches.last && unhinted ? caches.last / 4 * unhinted : SIZE_MAX,
        .string_copy_distance = entry->string_copy_distance,
        .streaming_form = entry->streaming_form,
        .loop_in_halves = entry->loop_in_halves,
    };
}

/* The file is the user's wish, so its problem is worth a line on standard error, as with the dynamic linker's GLIBC_TUNABLES. */
static void report_problem(void) {
    char line[sizeof problem + sizeof name + 64];
    int length = snprintf(line, sizeof line, "CopyMc: COPYMC_TUNING: %s; using the table (%s)\n", problem, name);
    ssize_t written = write(STDERR_FILENO, line, length < (int)sizeof line ? (size_t)length : sizeof line - 1);
    (void)written;
}

void mce_choose_tuning(void) {
    if (chosen)
        return;
    chosen = true;
    identity = identity_here();
    mce_identity_to(identity, cpu_name);
    const struct mce_cpu_entry *entry = mce_entry_of(identity);
    struct mce_tuning tuning = mce_tuning_of(entry, mce_caches_of_core(), mce_has_fast_string_copy());
    snprintf(name, sizeof name, "%s", entry->name);
    const char *path = getenv("COPYMC_TUNING");
    if (path && *path) {
        struct mce_tuning profile;
        if (mce_read_profile(path, identity, &profile, problem, sizeof problem)) {
            tuning = profile;
            snprintf(name, sizeof name, "profile %s", path);
        } else {
            report_problem();
        }
    }
    mce_tuning = tuning;
}

__attribute__((constructor)) static void choose(void) { mce_choose_tuning(); }

const char *mce_tuning_name(void) {
    mce_choose_tuning();
    return name;
}

const char *mce_tuning_problem(void) {
    mce_choose_tuning();
    return *problem ? problem : NULL;
}

const char *mce_cpu_name(void) {
    mce_choose_tuning();
    return cpu_name;
}

void mce_get_tuning(struct mce_tuning *tuning) {
    mce_choose_tuning();
    if (tuning)
        *tuning = mce_tuning;
}

int mce_set_tuning(const struct mce_tuning *tuning) {
    if (!tuning)
        return EINVAL;
    bool distance = tuning->string_copy_distance == 63 || tuning->string_copy_distance == 4095;
    if (!distance || tuning->streaming_form > MCE_STREAMS_PREFETCHING || tuning->loop_in_halves > 1 || tuning->reserved != 0)
        return EINVAL;
    mce_choose_tuning();
    __atomic_store_n(&mce_tuning.string_copy_above, tuning->string_copy_above, __ATOMIC_RELAXED);
    __atomic_store_n(&mce_tuning.streams_hinted_from, tuning->streams_hinted_from, __ATOMIC_RELAXED);
    __atomic_store_n(&mce_tuning.streams_from, tuning->streams_from, __ATOMIC_RELAXED);
    __atomic_store_n(&mce_tuning.string_copy_distance, tuning->string_copy_distance, __ATOMIC_RELAXED);
    __atomic_store_n(&mce_tuning.streaming_form, tuning->streaming_form, __ATOMIC_RELAXED);
    __atomic_store_n(&mce_tuning.loop_in_halves, tuning->loop_in_halves, __ATOMIC_RELAXED);
    return 0;
}
