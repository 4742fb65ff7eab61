/*
 * mce_stub: memory copies that survive poison.
 *
 * A copy returns the number of bytes it did not copy, as the Linux kernel's copy_mc_to_kernel() does. When a load or a store of the copy
 * raises SIGBUS because the memory is poisoned or gone, the handler of this library makes the copy return.
 *
 * Linux, x86-64 and arm64. Does not need .NET, only the C library.
 */
#ifndef MCE_STUB_H
#define MCE_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define MCE_ABI_VERSION 5u

/* The version of this interface that the library was built with. Compare it with MCE_ABI_VERSION before any other call. */
uint32_t mce_abi_version(void);

enum mce_side { MCE_SOURCE = 0, MCE_DESTINATION = 1 };

enum mce_kind {
    MCE_KNOWN_POISON = 1,     /* a line that a map had marked: the copy did not touch it */
    MCE_MACHINE_CHECK = 2,    /* SIGBUS, BUS_MCEERR_AR */
    MCE_BUS_ERROR = 3,        /* SIGBUS, BUS_ADRERR or BUS_OBJERR: the memory behind the mapping is gone */
    MCE_ACCESS_VIOLATION = 4, /* SIGSEGV, after mce_enable(SIGSEGV) */
    /* Bad arguments; nothing was copied. */
    MCE_NULL_POINTER = 5, /* side says which */
    MCE_OUTSIDE = 6,      /* the range of side wraps around or reaches beyond user space */
    MCE_OVERLAP = 7,
};

/* What stopped a copy. Undefined after a copy that returned 0. */
struct mce_fault {
    uintptr_t address;       /* the first byte of the lost memory, aligned to extent; may lie before the copy's range */
    size_t extent;           /* bytes lost from address: the extent that the kernel reported, or a page */
    size_t remaining;        /* bytes not copied, as the copy returns */
    int32_t signal;          /* SIGBUS or SIGSEGV; 0 if there was none */
    int32_t code;            /* si_code: BUS_MCEERR_AR, BUS_ADRERR, ... */
    int32_t side;            /* enum mce_side */
    uint16_t kind;           /* enum mce_kind */
    uint16_t written_beyond; /* 1: mce_copy wrote bytes after the returned prefix, because poison was marked while it ran */
};

/*
 * Copies n bytes up to the first poison, with the kernel that is the fastest on this CPU (or that the environment variable COPYMC_KERNEL
 * names), and honours every live map that covers a part of src. Returns the bytes not copied, 0 if all were: the first n - count bytes of
 * dst equal src, and no byte after them was written, unless fault->written_beyond is 1. No byte of a line that was marked before the call
 * is read. A fault in the source is marked in every map that covers it.
 *
 * Null, a range that reaches beyond user space (2^56; 2^55 on arm64, where a tag in the top byte is ignored), or overlap: returns n with
 * the kind (the first of these that applies; of the source if of both), address and extent 0, and touches no memory. n 0: returns 0,
 * whatever the pointers. A map that is destroyed meanwhile may or may not be honoured. fault may be null. Without mce_enable(SIGBUS) a
 * fault goes to the handler of the process, as in memcpy; maps are honoured nevertheless. Async-signal-safe, thread-safe, takes no lock.
 * SIGBUS must not be blocked in the calling thread (mce_prepare_thread). A signal handler that interrupts a copy must return to it: if it
 * leaves by longjmp, or if the thread is cancelled there (PTHREAD_CANCEL_ASYNCHRONOUS), mce_map_destroy may wait for the copy forever.
 */
size_t mce_copy(void *dst, const void *src, size_t n, struct mce_fault *fault);

/* The name of the kernel of mce_copy, as COPYMC_KERNEL takes it: "native-avx512". A name that cannot run here is ignored. */
const char *mce_kernel_name(void);

/*
 * A copy kernel: mce_copy without the checks and the maps. Copies strictly forward and returns the bytes not copied: 0, or a count such
 * that the first n - count bytes of dst equal src and no byte after them was written. The ranges must not overlap. fault must be valid.
 * Without mce_enable(SIGBUS) it is a plain copy, and a fault goes to the handler of the process.
 * Async-signal-safe, thread-safe, takes no lock. SIGBUS must not be blocked in the calling thread.
 */
typedef size_t mce_copy_fn(void *dst, const void *src, size_t n, struct mce_fault *fault);

#if defined(__x86_64__)
mce_copy_fn mce_copy_avx512_erms; /* small moves, an AVX-512 loop, rep movsb for long copies */
mce_copy_fn mce_copy_avx2_erms;
mce_copy_fn mce_copy_avx512;
mce_copy_fn mce_copy_avx2;
mce_copy_fn mce_copy_sse2;
mce_copy_fn mce_copy_rep_movsb;
mce_copy_fn mce_copy_avx512_streaming; /* non-temporal stores; complete (fenced) on return */
mce_copy_fn mce_copy_avx2_streaming;
mce_copy_fn mce_copy_sse2_streaming;
#elif defined(__aarch64__)
mce_copy_fn mce_copy_neon;
mce_copy_fn mce_copy_neon_streaming;
#endif

/* Features that the CPU and the operating system support. */
enum mce_cpu_feature {
    MCE_CPU_SSE2 = 1,
    MCE_CPU_AVX2 = 2,
    MCE_CPU_AVX512 = 4,      /* F and VL */
    MCE_CPU_STRING_COPY = 8, /* fast string copy that can recover from a machine check */
    MCE_CPU_NEON = 16,
};
uint32_t mce_cpu_features(void);

/*
 * How long copies are made. Sizes in bytes; SIZE_MAX: never. Every combination of values copies right: they decide the speed only.
 * docs/performance.md says how each was measured.
 */
struct mce_tuning {
    /* The length above which one rep movsb is used instead of a loop of vectors. */
    size_t string_copy_above;
    /* The lengths from which a copy with a streaming kernel streams, and from which every copy does. The kernels copy 2 MiB at a time. */
    size_t streams_hinted_from;
    size_t streams_from;
    /* 4095 or 63: rep movsb is not used where dst - src, masked with this, is 1 to 63. */
    uint32_t string_copy_distance;
    /* enum mce_streaming_form */
    uint32_t streaming_form;
    /* 1: the AVX-512 loop moves 32 bytes at a time. */
    uint32_t loop_in_halves;
    uint32_t reserved;
    /* The kernels for copies without and with the hint, as COPYMC_KERNEL takes them; empty: the first of mce_copy_fn's list that runs. */
    char kernel[32];
    char streaming_kernel[32];
};

enum mce_streaming_form {
    MCE_STREAMS_IN_EIGHTS = 0,   /* eight vectors per iteration, no prefetch */
    MCE_STREAMS_PREFETCHING = 1, /* two lines per iteration; prefetchnta 4 KiB ahead */
};

/* Stores the values that this process uses; nothing if tuning is null. Thread-safe. */
void mce_get_tuning(struct mce_tuning *tuning);

/*
 * Changes them for all later copies, to measure another choice. Copies that run meanwhile may use old values, new ones or some of each.
 * The kernels' names are ignored: mce_copy keeps its kernel. EINVAL: tuning is null, a distance or form is none of the above,
 * loop_in_halves is neither 0 nor 1, or reserved is not 0; nothing changes.
 */
int mce_set_tuning(const struct mce_tuning *tuning);

/*
 * Where the values come from, and whether they were measured: "AMD Zen 5: measured", "profile /etc/copymc.tuning". COPYMC_TUNING names a
 * profile, a file that `copymc tune` writes. COPYMC_CPU="Intel 6 207" (AMD, Intel or ARM, family, model; for ARM the implementer and the
 * part) makes the library choose as on that CPU.
 */
const char *mce_tuning_name(void);

/* Why the profile that COPYMC_TUNING names is not used; null if it is, or if there is none. The library printed it to standard error, once.
 */
const char *mce_tuning_problem(void);

/* The CPU, as COPYMC_CPU and profiles name it: "AMD 25 1". */
const char *mce_cpu_name(void);

/*
 * The signal handler of the process. Every function here is async-signal-safe and thread-safe unless it says otherwise; other code must not
 * change the action of the signal during mce_enable, mce_reinstall and mce_disable. docs/signals.md has the details.
 *
 * The handler has the flags of the action that it is installed over (and SA_NODEFER), and passes to that action every signal that is not a
 * fault inside a copy of this library: with the mask, on the stack and with the arguments that it would have without this library. It
 * blocks no signal, so a handler of another signal may copy, whatever it has interrupted.
 */

/*
 * Installs the handler for SIGBUS or SIGSEGV, for the whole process, or again if another action has replaced it: then it passes on to that
 * one, even if that one passes on to it. Every call needs an mce_disable, so that several clients of the library can each make theirs.
 * If more than 16 functions are over each other, only the first 15 and the last are called. Returns 0, EINVAL for another signal, or the
 * errno of sigaction(2).
 */
int mce_enable(int signal);

/* As mce_enable, without another client. ESRCH if nobody has enabled recovery for the signal. */
int mce_reinstall(int signal);

/*
 * The last client's call restores the action below the handler. If another function is installed over the handler, the handler stays in the
 * chain and passes every signal on. Without a client it does nothing. The library is never unloaded (-z nodelete). Returns 0 or an errno.
 */
int mce_disable(int signal);

enum mce_position {
    MCE_NOT_ENABLED = 0,
    MCE_ON_TOP = 1,  /* the kernel calls the handler of this library: copies recover */
    MCE_COVERED = 2, /* another function was installed over it: copies recover if that one passes their faults on */
    MCE_REMOVED = 3, /* SIG_DFL or SIG_IGN, or the handler without SA_SIGINFO: copies do not recover */
};

struct mce_handler_state {
    int32_t position;     /* enum mce_position */
    int32_t clients;      /* calls of mce_enable without their mce_disable */
    const void *function; /* the function that the kernel calls; null for SIG_DFL and SIG_IGN. dladdr(3) names it. */
};

/* Who gets SIGBUS or SIGSEGV first. Returns 0, EINVAL for another signal or a null pointer, or the errno of sigaction(2). */
int mce_handler_state(int signal, struct mce_handler_state *state);

/*
 * Unblocks the signals that recovery is enabled for in the calling thread. A fault in a thread that blocks its signal kills the process, as
 * without this library, and threads inherit the mask of the thread that starts them. mce_copy needs this for short copies only: for more
 * than 32 KiB it unblocks the signals itself, and blocks them again at the end, in a thread that blocks them at its first such copy.
 * Returns 0, or the errno of sigprocmask(2), which a sandbox may refuse: the signals may then be blocked.
 */
int mce_prepare_thread(void);

enum mce_uncovered_reports {
    MCE_REPORTS_PASSED_ON = 0, /* to the previous handler, which may kill the process */
    MCE_REPORTS_COUNTED = 1,   /* the process goes on: nobody has touched that memory */
};

/* What happens to an early report (BUS_MCEERR_AO) of memory that no map covers, in the whole process. EINVAL for another value. */
int mce_handle_uncovered_reports(enum mce_uncovered_reports how);

/* The number of such reports so far, counted or passed on. */
uint64_t mce_uncovered_reports(void);

/*
 * Copies read this before they ask a map. Counts are incremented before the words that they count are set, and decremented after they are
 * cleared; marks is incremented last.
 */
struct mce_gate {
    int64_t poisoned_lines;
    int64_t marks;
    uint8_t rest_of_line[48];
    uint16_t poisoned_pages[65536]; /* indexed by the low bits of a page number: poisoned pages among that page and the next */
};

struct mce_gate *mce_gate_of_process(void);

/*
 * Poison maps mark the 64-byte lines of a range of memory that are known to be poisoned. Every copy of the process, from C or from .NET,
 * stops at the marks of every live map that covers a part of its source. The handler marks in the maps what the kernel reports before an
 * access (SIGBUS, BUS_MCEERR_AO; needs mce_enable(SIGBUS)); mce_handle_uncovered_reports decides about the others.
 *
 * Lines are aligned to 64-byte addresses, not to the start of the map. A line that a map covers in part counts whole. Maps may overlap. A
 * map of up to 16 MiB takes 8 bytes of the heap for each page, and no mapping of its own; a larger one commits memory only for marked
 * lines. On arm64 the tag in the top byte of an address is ignored. All functions are thread-safe. Their time grows with the logarithm of
 * the number of maps, and with the number of maps that cover the range. After a fork the child has its own copy of the maps, with their
 * handles; fork must not be called in a signal handler that has interrupted a function of this library.
 *
 * A handle is never used again for another map; 0 names none. The functions return 0 or an errno: EBADF if the handle names no live map,
 * ERANGE if offset and length (in bytes from the start of the map) reach outside it, EINVAL if the pointer for the result is null. Then
 * nothing has changed.
 */
typedef uint64_t mce_map_t;

/*
 * Makes a map of length clean bytes from start, which need not be mapped memory. EINVAL: start is null, length is 0, or the range wraps
 * around or reaches into the last page of the address space. ENOMEM. Not async-signal-safe.
 */
int mce_map_create(const void *start, size_t length, mce_map_t *map);

/*
 * Removes a map and its marks, after every other thread has left it. A copy that runs meanwhile may or may not stop at them. EBADF also for
 * a map that is already destroyed. ENOMEM: the map lives on. Not async-signal-safe.
 */
int mce_map_destroy(mce_map_t map);

/* Mark or clear every line that holds one of length bytes from offset; no line for length 0. Lock-free, async-signal-safe. */
int mce_map_mark(mce_map_t map, size_t offset, size_t length);
int mce_map_clear(mce_map_t map, size_t offset, size_t length);

/*
 * Sets *first to the number of bytes from offset to the first byte in a marked line: 0 if offset lies in one, length if no line of the
 * range is marked. Lock-free, async-signal-safe.
 */
int mce_map_first(mce_map_t map, size_t offset, size_t length, size_t *first);

/* Sets *lines to the number of marked lines. Lock-free, async-signal-safe. */
int mce_map_count(mce_map_t map, uint64_t *lines);

/*
 * The first byte of [address, end) in a marked line of any live map, with the tag of address; end if there is none or the range is empty.
 * Lock-free, async-signal-safe.
 */
uintptr_t mce_first_poisoned(uintptr_t address, uintptr_t end);

/* Marks the bytes of a range that does not wrap around in every live map that covers some. Returns false if none does. Lock-free,
 * async-signal-safe. */
bool mce_mark_everywhere(uintptr_t address, size_t extent);

/*
 * madvise(MADV_HWPOISON) on whole pages: the kernel handles them as if the hardware had reported them. The call itself may raise
 * SIGBUS in the caller; the handler ignores it if mce_enable(SIGBUS) was called. Returns 0 or an errno.
 */
int mce_inject_hwpoison(void *page, size_t length);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
