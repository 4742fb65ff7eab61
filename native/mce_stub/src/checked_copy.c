/*
 * One copy: ask the maps, call a kernel, ask the maps again, mark what a fault revealed. The assembly does this alone for a short copy that
 * is far from poison. All of it is async-signal-safe, because copies are.
 */
#include "checked_copy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "addresses.h"
#include "blocked_signals.h"
#include "poison_marks.h"
#include "tuning.h"

_Static_assert(offsetof(struct mce_gate, poisoned_pages) == MCE_GATE_PAGES, "the assembly reads the counts");

/* A kernel that a copy can be given by name, in order of preference. */
struct choice {
    const char *name;
    uint32_t needs;
    bool streams;
    mce_copy_fn *kernel;
    mce_copy_fn *checked;
};

static const struct choice choices[] = {
#if defined(__x86_64__)
    {"native-avx512-erms", MCE_CPU_AVX512 | MCE_CPU_STRING_COPY, false, mce_copy_avx512_erms, mce_checked_avx512_erms},
    {"native-avx2-erms", MCE_CPU_AVX2 | MCE_CPU_STRING_COPY, false, mce_copy_avx2_erms, mce_checked_avx2_erms},
    {"native-avx512", MCE_CPU_AVX512, false, mce_copy_avx512, mce_checked_avx512},
    {"native-avx2", MCE_CPU_AVX2, false, mce_copy_avx2, mce_checked_avx2},
    {"native-sse2", MCE_CPU_SSE2, false, mce_copy_sse2, mce_checked_sse2},
    {"native-rep-movsb", MCE_CPU_SSE2, false, mce_copy_rep_movsb, mce_checked_rep_movsb},
    {"native-avx512-streaming", MCE_CPU_AVX512, true, mce_copy_avx512_streaming, mce_checked_avx512_streaming},
    {"native-avx2-streaming", MCE_CPU_AVX2, true, mce_copy_avx2_streaming, mce_checked_avx2_streaming},
    {"native-sse2-streaming", MCE_CPU_SSE2, true, mce_copy_sse2_streaming, mce_checked_sse2_streaming},
#elif defined(__aarch64__)
    {"native-neon", MCE_CPU_NEON, false, mce_copy_neon, mce_checked_neon},
    {"native-neon-streaming", MCE_CPU_NEON, true, mce_copy_neon_streaming, mce_checked_neon_streaming},
#endif
};

enum { CHOICES = sizeof choices / sizeof *choices };

/* Another library's constructor may copy before ours has run. */
static mce_copy_fn choose_and_copy;
mce_copy_fn *mce_chosen = choose_and_copy;

/* For copies that are not short: the kernel, and the one for copies larger than the cache. */
static mce_copy_fn *long_kernel, *beyond_cache;
static const char *chosen_name;

static const struct choice *first_that_runs(uint32_t features, bool streams) {
    for (size_t i = 0; i < CHOICES; i++) {
        if (!(choices[i].needs & ~features) && choices[i].streams == streams)
            return &choices[i];
    }
    return NULL;
}

static const struct choice *by_name(uint32_t features, const char *name) {
    for (size_t i = 0; name && i < CHOICES; i++) {
        if (!(choices[i].needs & ~features) && !strcasecmp(choices[i].name, name))
            return &choices[i];
    }
    return NULL;
}

bool mce_kernel_runs(const char *name, bool streams) {
    const struct choice *named = by_name(mce_cpu_features(), name);
    return named && named->streams == streams;
}

/* The kernel that a profile names, or the first that runs. */
static const struct choice *preferred(uint32_t features, bool streams) {
    const struct choice *named = by_name(features, streams ? mce_tuning.streaming_kernel : mce_tuning.kernel);
    return named ? named : first_that_runs(features, streams);
}

/* As CopyEngine.Shared does. A name that is no native kernel, or none that runs here, is ignored. */
__attribute__((constructor)) static void choose(void) {
    mce_choose_tuning();
    uint32_t features = mce_cpu_features();
    const struct choice *named = by_name(features, getenv("COPYMC_KERNEL"));
    const struct choice *chosen = named ? named : preferred(features, false);
    chosen_name = chosen->name;
    long_kernel = chosen->kernel;
    beyond_cache = (named ? named : preferred(features, true))->kernel;
    __atomic_store_n(&mce_chosen, chosen->checked, __ATOMIC_RELEASE);
}

static size_t choose_and_copy(void *dst, const void *src, size_t n, struct mce_fault *fault) {
    choose();
    return mce_chosen(dst, src, n, fault);
}

const char *mce_kernel_name(void) {
    if (!chosen_name)
        choose();
    return chosen_name;
}

static bool any_poison(void) { return __atomic_load_n(&mce_gate.poisoned_lines, __ATOMIC_ACQUIRE) != 0; }

static size_t end_at(struct mce_fault *fault, size_t remaining) {
    fault->remaining = remaining;
    return remaining;
}

static void known_poison_at(struct mce_fault *fault, uintptr_t address, bool written_beyond) {
    *fault = (struct mce_fault){
        .address = address & ~(LINE_SIZE - 1),
        .extent = LINE_SIZE,
        .side = MCE_SOURCE,
        .kind = MCE_KNOWN_POISON,
        .written_beyond = written_beyond,
    };
}

/* Returns the valid bytes of a copied prefix: those before poison that was marked meanwhile, or all. Marks a fault in the source in the
 * maps. */
static size_t settle(uintptr_t source, size_t copied, bool faulted, struct mce_fault *fault) {
    if (copied != 0) {
        /* The loads of the copy come before those of the maps (on x86-64 they do anyway). */
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        size_t before_late = mce_first_poisoned(source, source + copied) - source;
        if (before_late != copied) {
            known_poison_at(fault, source + before_late, true);
            return before_late;
        }
    }
    if (faulted && fault->side == MCE_SOURCE)
        mce_mark_everywhere(fault->address, fault->extent);
    return copied;
}

size_t mce_copy_late(void *dst, const void *src, size_t n, struct mce_fault *fault) {
    (void)dst;
    size_t valid = settle(mce_untagged((uintptr_t)src), n, false, fault);
    return valid == n ? 0 : end_at(fault, n - valid);
}

size_t mce_copy_faulted(size_t copied, const void *src, size_t n, struct mce_fault *fault) {
    return end_at(fault, n - settle(mce_untagged((uintptr_t)src), copied, true, fault));
}

static bool reaches_outside(uintptr_t start, size_t n) { return start >= MCE_USER_SPACE_END || n > MCE_USER_SPACE_END - start; }

/* Describes the bad argument, if there is one. */
static bool is_unsound(uintptr_t source, uintptr_t destination, size_t n, struct mce_fault *fault) {
    int kind;
    enum mce_side side = MCE_SOURCE;
    if (source == 0 || destination == 0) {
        kind = MCE_NULL_POINTER;
        side = source == 0 ? MCE_SOURCE : MCE_DESTINATION;
    } else if (reaches_outside(source, n) || reaches_outside(destination, n)) {
        kind = MCE_OUTSIDE;
        side = reaches_outside(source, n) ? MCE_SOURCE : MCE_DESTINATION;
    } else if (source - destination < n || destination - source < n) {
        kind = MCE_OVERLAP;
    } else {
        return false;
    }
    *fault = (struct mce_fault){.side = side, .kind = (uint16_t)kind, .remaining = n};
    return true;
}

static size_t copy_blocks(void *dst, const void *src, size_t n, struct mce_fault *fault, mce_copy_fn *kernel) {
    uintptr_t source = mce_untagged((uintptr_t)src);
    for (size_t done = 0; done < n;) {
        size_t left = n - done, block = left < MCE_BLOCK ? left : MCE_BLOCK;
        int64_t marks = __atomic_load_n(&mce_gate.marks, __ATOMIC_ACQUIRE);
        size_t clean = any_poison() ? mce_first_poisoned(source + done, source + done + block) - (source + done) : block;
        size_t remaining = clean ? kernel((char *)dst + done, (const char *)src + done, clean, fault) : 0;
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (remaining != 0 || __atomic_load_n(&mce_gate.marks, __ATOMIC_ACQUIRE) != marks) {
            size_t valid = settle(source + done, clean - remaining, remaining != 0, fault);
            if (valid != clean)
                return end_at(fault, left - valid);
        }
        if (clean != block) {
            known_poison_at(fault, source + done + clean, false);
            return end_at(fault, left - clean);
        }
        done += block;
    }
    return 0;
}

size_t mce_copy_full(void *dst, const void *src, size_t n, struct mce_fault *fault, mce_copy_fn *kernel) {
    if (is_unsound(mce_untagged((uintptr_t)src), mce_untagged((uintptr_t)dst), n, fault))
        return n;
    if (n <= MCE_SHORT_COPY)
        return copy_blocks(dst, src, n, fault, kernel);
    uint64_t mask;
    bool unblocked = mce_long_copy_begins(&mask);
    size_t remaining = copy_blocks(dst, src, n, fault, n >= mce_tuning.streams_from ? beyond_cache : long_kernel);
    if (unblocked)
        mce_long_copy_ends(&mask);
    return remaining;
}
