/*
 * libcopymc: CopyMc's engine and its simulated machine as a C library. docs/libcopymc.md introduces it.
 *
 * Results. Functions return a copymc_status. If it is not COPYMC_OK, copymc_last_error() has a message, which names the argument first if
 * one is the reason, and unless the function says otherwise nothing was changed or written. A flag that is an argument of its own is 0
 * or 1. Lengths and offsets are in bytes. A pointer to a result must not be null and must be aligned for its type; memory that is copied
 * may have any alignment. Pointers that are neither null nor valid cannot be detected.
 *
 * Handles. Every object has a 64-bit handle, which is never used for another object. 0 is no handle. A handle that was destroyed, never
 * made, or belongs to an object of another kind is COPYMC_E_HANDLE, from any thread and at any time. Destroying an object that another
 * thread is using is an error of the program, as with free(3), except where this header names a result for it.
 *
 * Threads. Functions are thread-safe unless they say otherwise. A simulated machine, with its processes, files and khugepaged, is for one
 * thread at a time: while a thread is inside, calls of other threads return COPYMC_E_BUSY and change nothing.
 *
 * Options. Structures that start with `size` may grow. Initialise them with their _INIT macro, which sets the defaults. A null pointer to
 * options means the defaults. A library that is older than the program refuses members that it does not know, unless they are 0.
 *
 * Signals. The first call starts the .NET runtime in the process: see "Signals" in docs/libcopymc.md. No function is async-signal-safe.
 * After fork(2) a child must not call this library.
 */
#ifndef COPYMC_H
#define COPYMC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COPYMC_ABI_VERSION 1u

/* The version of this interface that the library was built with. Compare it with COPYMC_ABI_VERSION before any other call. */
uint32_t copymc_abi_version(void);

/* The version of CopyMc: "0.1.0". */
const char *copymc_version(void);

typedef int32_t copymc_status;
enum {
    COPYMC_OK = 0,
    COPYMC_E_INVALID = 1, /* an argument: null, misaligned, out of range, an unknown value or name */
    COPYMC_E_HANDLE = 2,  /* 0, destroyed, never made, or an object of another kind */
    COPYMC_E_BUSY = 3,    /* the machine is in use by another thread, or by the call whose callback makes this one */
    COPYMC_E_NO_MEMORY = 4,
    COPYMC_E_UNSUPPORTED = 5, /* does not work on this computer */
    COPYMC_E_SYSTEM = 6,      /* a system call failed */
    COPYMC_E_STATE = 7,       /* not in the object's present state */
    COPYMC_E_PANIC = 8,       /* the modelled kernel has panicked; the machine can only be destroyed */
    COPYMC_E_STOPPED = 9,     /* a callback stopped the call */
    COPYMC_E_INTERNAL = 10,   /* an error in this library */
};

/* "COPYMC_E_INVALID"; null for a value that is none. */
const char *copymc_status_name(copymc_status status);

/* The message of the calling thread's last call that failed; "" before the first. Valid until that thread's next call that fails. */
const char *copymc_last_error(void);

/*
 * Destroys the object of a handle.
 * - A region of the program: unmaps its memory. Not the memory of a machine: COPYMC_E_INVALID.
 * - A machine: with its processes, files and khugepaged, whose handles become invalid. COPYMC_E_BUSY while a call is inside.
 * - A process: it exits. COPYMC_E_BUSY in a callback during which a collapse holds its mmap lock.
 * - A file: deletes it. COPYMC_E_STATE while it is mapped.
 */
copymc_status copymc_destroy(uint64_t handle);

/* ---- Recovery from faults --------------------------------------------------------------------------------------------------------------
 */

/* Why copies cannot recover from faults here; null if they can. */
const char *copymc_recovery_unsupported_reason(void);

/*
 * Installs the SIGBUS handler, as copymc_engine_create does; again, if another handler was installed over it since. Not that of SIGSEGV:
 * for that, make another engine with COPYMC_ENGINE_RECOVER_SIGSEGV. COPYMC_E_UNSUPPORTED.
 */
copymc_status copymc_recovery_enable(void);

/*
 * Unblocks the signals of recovery in the calling thread. A fault in a thread that blocks SIGBUS kills the process. COPYMC_E_STATE if a
 * sandbox refuses sigprocmask(2).
 */
copymc_status copymc_recovery_prepare_thread(void);

/* ---- Poison maps and regions -----------------------------------------------------------------------------------------------------------
 */

#define COPYMC_LINE_SIZE 64u
#define COPYMC_PAGE_SIZE 4096u
#define COPYMC_HUGE_PAGE_SIZE 2097152u

/*
 * A map marks the 64-byte lines of a range of memory that are known to be poisoned. Every copy of the process, by this library, mce_copy or
 * .NET, stops at the marks of every live map that covers a part of its source.
 */
typedef uint64_t copymc_map;

/* Makes a map of length clean bytes from start, which need not be mapped memory. COPYMC_E_INVALID: null, 0, or the range wraps around. */
copymc_status copymc_map_create(const void *start, size_t length, copymc_map *map);

/* These take a map, or a region for the map of the region. COPYMC_E_INVALID if the range reaches outside. */

/* Mark or clear every line that holds one of length bytes from offset; no line for length 0. */
copymc_status copymc_map_mark(uint64_t map_or_region, size_t offset, size_t length);
copymc_status copymc_map_clear(uint64_t map_or_region, size_t offset, size_t length);

/* Sets *first to the bytes from offset to the first byte in a marked line: 0 if offset lies in one, length if no line of the range is
 * marked. */
copymc_status copymc_map_first(uint64_t map_or_region, size_t offset, size_t length, size_t *first);

/* Sets *lines to the number of marked lines. */
copymc_status copymc_map_count(uint64_t map_or_region, uint64_t *lines);

/* Mapped, zeroed memory with a map of its own. Regions of 2 MiB and more are aligned to 2 MiB, smaller ones to a page. */
typedef uint64_t copymc_region;

enum copymc_backing { COPYMC_ANONYMOUS = 0, COPYMC_MEMFD = 1 };
enum copymc_page_kind {
    COPYMC_SMALL_PAGES = 0,
    COPYMC_TRANSPARENT_HUGE_PAGES = 1, /* 2 MiB where the kernel has free ones */
    COPYMC_HUGETLB_PAGES = 2,          /* 2 MiB from the pool of hugetlb */
};
enum { COPYMC_REGION_LOCK = 1, COPYMC_REGION_UNPOPULATED = 2, COPYMC_REGION_NO_RESERVE = 4 };

struct copymc_region_options {
    uint32_t size;
    uint32_t flags;    /* COPYMC_REGION_ */
    int32_t backing;   /* enum copymc_backing */
    int32_t pages;     /* enum copymc_page_kind */
    int32_t node;      /* the NUMA node of the memory; -1: the kernel chooses */
    uint32_t reserved; /* 0 */
};
#define COPYMC_REGION_OPTIONS_INIT                                                                                                         \
    { sizeof(struct copymc_region_options), 0, COPYMC_ANONYMOUS, COPYMC_SMALL_PAGES, -1, 0 }

/* COPYMC_E_SYSTEM with the system call and the reason if the memory cannot be mapped. */
copymc_status copymc_region_create(size_t length, const struct copymc_region_options *options, copymc_region *region);

/* The first byte of a region and its length. Either pointer may be null. */
copymc_status copymc_region_memory(copymc_region region, void **pointer, size_t *length);

/* Ways to poison memory on purpose. All but the first lose the content of the whole page, which then raises SIGBUS. */
enum copymc_source {
    COPYMC_SOURCE_MARK = 0,              /* a mark in the map; the memory stays healthy */
    COPYMC_SOURCE_TRUNCATED_MAPPING = 1, /* a mapping beyond the end of an empty memfd */
    COPYMC_SOURCE_UFFD = 2,              /* UFFDIO_POISON, Linux 6.6 */
    COPYMC_SOURCE_HWPOISON = 3, /* madvise(MADV_HWPOISON): needs CAP_SYS_ADMIN and CONFIG_MEMORY_FAILURE; the frame is lost until reboot */
};

/* Why a source does not work here; null if it does. Tries each source on a page of its own at the first call. */
const char *copymc_source_unsupported_reason(int32_t source);

/* Poisons the line (COPYMC_SOURCE_MARK) or page that holds the byte at offset. COPYMC_E_UNSUPPORTED with the reason. */
copymc_status copymc_region_inject(copymc_region region, size_t offset, int32_t source);

/* Replaces every page that the range touches by a healthy one of zeros, and clears the marks. source: how it was poisoned. */
copymc_status copymc_region_heal(copymc_region region, size_t offset, size_t length, int32_t source);

/* ---- Copies ----------------------------------------------------------------------------------------------------------------------------
 */

typedef uint64_t copymc_engine;

enum copymc_hint { COPYMC_USED_SOON = 0, COPYMC_STREAMING = 1 };
enum { COPYMC_ENGINE_RECOVER_SIGSEGV = 1 };

struct copymc_engine_options {
    uint32_t size;
    uint32_t flags;     /* COPYMC_ENGINE_RECOVER_SIGSEGV: copies of the whole process recover from SIGSEGV too, from now on */
    const char *kernel; /* "native-avx2"; null: the one that the variable COPYMC_KERNEL names, else the best here, which recovers */
    int32_t hint;       /* enum copymc_hint; ignored if a kernel is named */
    uint32_t reserved;  /* 0 */
};
#define COPYMC_ENGINE_OPTIONS_INIT                                                                                                         \
    { sizeof(struct copymc_engine_options), 0, NULL, COPYMC_USED_SOON, 0 }

/*
 * Makes an engine and enables recovery. Only kernels whose names begin with "native-" recover from faults: with another one, such as
 * "scalar", a copy of lost memory ends the process. COPYMC_E_INVALID for an unknown kernel in the options or in COPYMC_KERNEL,
 * COPYMC_E_UNSUPPORTED for one that cannot run here, or that does not recover if COPYMC_ENGINE_RECOVER_SIGSEGV is given.
 */
copymc_status copymc_engine_create(const struct copymc_engine_options *options, copymc_engine *engine);

/* The name of an engine's kernel, valid until the process ends. */
copymc_status copymc_engine_kernel(copymc_engine engine, const char **name);

enum copymc_fault_kind {
    COPYMC_FAULT_NONE = 0,
    COPYMC_FAULT_KNOWN_POISON = 1,  /* a line that a map had marked; the copy did not touch it */
    COPYMC_FAULT_MACHINE_CHECK = 2, /* SIGBUS, BUS_MCEERR_AR */
    COPYMC_FAULT_BUS_ERROR = 3,     /* SIGBUS, BUS_ADRERR or BUS_OBJERR: the memory behind the mapping is gone */
    /* SIGSEGV, after COPYMC_ENGINE_RECOVER_SIGSEGV. A copy at 2^47 to 2^56 ends the process on a CPU with four-level page tables. */
    COPYMC_FAULT_ACCESS_VIOLATION = 4,
};

/* "known poison"; null for a value that is none. */
const char *copymc_fault_kind_name(int32_t kind);

enum copymc_side { COPYMC_SIDE_SOURCE = 0, COPYMC_SIDE_DESTINATION = 1 };

/* What stopped a copy. */
struct copymc_fault {
    uint64_t address;        /* the first byte of the lost memory, aligned to extent; may lie before the copy's range */
    uint64_t extent;         /* bytes lost from address: a line for known poison, else the extent that the kernel reported */
    int32_t kind;            /* enum copymc_fault_kind */
    int32_t side;            /* enum copymc_side */
    uint32_t written_beyond; /* 1: bytes after the copied prefix were written, because poison was marked while the copy ran */
    uint32_t reserved;
};

/*
 * Copies byte_count bytes up to the first poison, known or latent. Sets *not_copied to the bytes not copied, 0 if all were, and *fault,
 * unless it is null, to the reason. Poison is COPYMC_OK. The first byte_count - *not_copied bytes of the destination equal the source, and
 * no byte after them was written, unless fault->written_beyond is 1. A fault in the source is marked in every map that covers it.
 * COPYMC_E_INVALID: a null pointer with byte_count not 0, a range that wraps around or leaves user space, or overlap. Allocates nothing.
 */
copymc_status copymc_copy(copymc_engine engine, void *destination, const void *source, size_t byte_count, size_t *not_copied,
                          struct copymc_fault *fault);

enum copymc_fill { COPYMC_FILL_LEAVE = 0, COPYMC_FILL_ZERO = 1, COPYMC_FILL_PATTERN = 2 };
enum copymc_propagation {
    COPYMC_PROPAGATE_NONE = 0,
    COPYMC_PROPAGATE_MAP = 1,   /* mark the lost lines in every map that covers the destination */
    COPYMC_PROPAGATE_FAULT = 2, /* and make pages of the destination that are lost whole raise SIGBUS */
};
enum { COPYMC_SALVAGE_NO_LOOK_AHEAD = 1, COPYMC_SALVAGE_THROUGH_KERNEL = 2 };

struct copymc_salvage_options {
    uint32_t size;
    uint32_t flags;          /* COPYMC_SALVAGE_: SalvageOptions.LookAhead and ThroughKernel */
    int32_t fill;            /* enum copymc_fill: what is written over lost bytes of the destination */
    int32_t propagation;     /* enum copymc_propagation */
    uint64_t max_lost_bytes; /* the salvage gives up once more are lost; checked after each 2 MiB, so that more may be lost by then */
    uint32_t pattern;        /* the byte for COPYMC_FILL_PATTERN: 0 to 255 */
    uint32_t reserved;       /* 0 */
};
#define COPYMC_SALVAGE_OPTIONS_INIT                                                                                                        \
    { sizeof(struct copymc_salvage_options), 0, COPYMC_FILL_LEAVE, COPYMC_PROPAGATE_NONE, UINT64_MAX, 0, 0 }

/* Bytes that a salvage could not copy: an offset from the start of the source, and a length. */
struct copymc_lost_range {
    uint64_t offset;
    uint64_t length;
};

struct copymc_salvage_result {
    uint64_t processed_bytes;              /* copied or lost, from the start: all, unless the salvage gave up or the destination failed */
    uint64_t lost_bytes;                   /* of processed_bytes */
    uint64_t lost_ranges;                  /* all, also those that did not fit */
    uint32_t gave_up;                      /* 1: max_lost_bytes was exceeded */
    uint32_t not_propagated;               /* 1: a page could not be made to fault; it is marked, and copymc_last_error() has the reason */
    struct copymc_fault destination_fault; /* the fault in the destination that ended the salvage */
};

/*
 * Copies everything that can be read. Writes the first capacity lost ranges, ascending, to lost, which may be null if capacity is 0, and
 * the totals to *result. Bad arguments as for copymc_copy.
 */
copymc_status copymc_salvage(copymc_engine engine, void *destination, const void *source, size_t byte_count,
                             const struct copymc_salvage_options *options, struct copymc_lost_range *lost, size_t capacity,
                             struct copymc_salvage_result *result);

/* ---- The simulated machine -------------------------------------------------------------------------------------------------------------
 */

/*
 * A machine with real bytes in its pages: frames, page tables, processes, swap, files, and the state of the kernel that a collapse depends
 * on. For one thread at a time; see the top. docs/collapse.md describes the model.
 */
typedef uint64_t copymc_machine;
typedef uint64_t copymc_process;
typedef uint64_t copymc_file;

/* Values of transparent_hugepage/enabled and shmem_enabled. COPYMC_THP_DENY is one of shmem_enabled only. */
enum copymc_thp { COPYMC_THP_NEVER = 0, COPYMC_THP_MADVISE = 1, COPYMC_THP_ALWAYS = 2, COPYMC_THP_DENY = 3 };

enum {
    COPYMC_MACHINE_HUGE_PAGES_AT_FAULT = 1,   /* a page fault may map a huge page */
    COPYMC_MACHINE_NO_ZERO_PAGE = 2,          /* loads from memory that was never written get a page of their own */
    COPYMC_MACHINE_NO_READ_ONLY_FILE_THP = 4, /* regular files cannot be collapsed */
    COPYMC_MACHINE_NO_PAGE_TABLE_RECLAIM = 8, /* empty page tables stay */
};

struct copymc_machine_options {
    uint32_t size;
    uint32_t flags;        /* COPYMC_MACHINE_ */
    uint64_t memory_bytes; /* whole huge pages, at least 4 MiB, at most 8 TiB. Only touched memory takes up memory of the process. */
    uint32_t swap_pages;   /* of 4 KiB */
    int32_t thp_enabled;   /* enum copymc_thp: anonymous memory and read-only files */
    int32_t shmem_enabled; /* enum copymc_thp */
    uint32_t reserved;     /* 0 */
    const char *kernel;    /* the modelled kernel, "6.1", "6.4", "6.12", "6.18", "7.0" or "7.3"; null: 6.18 */
    copymc_engine engine;  /* copies the pages; 0: an engine with the best kernel, and one that streams for collapses */
};
#define COPYMC_MACHINE_OPTIONS_INIT                                                                                                        \
    { sizeof(struct copymc_machine_options), 0, 16u << 20, 0, COPYMC_THP_MADVISE, COPYMC_THP_MADVISE, 0, NULL, 0 }

/* COPYMC_E_INVALID or COPYMC_E_UNSUPPORTED also for the kernel that COPYMC_KERNEL names. */
copymc_status copymc_machine_create(const struct copymc_machine_options *options, copymc_machine *machine);

/*
 * The memory of the machine as a region: byte n of frame p is at 4096 p + n. Marks of its map are known poison. The region is the same at
 * each call, ends with the machine, and is followed by a page that is not the machine's.
 */
copymc_status copymc_machine_memory(copymc_machine machine, copymc_region *region);

/* Changes the settings of huge pages. huge_pages_at_fault: 1 as COPYMC_MACHINE_HUGE_PAGES_AT_FAULT, else 0. */
copymc_status copymc_machine_set_thp(copymc_machine machine, int32_t thp_enabled, int32_t shmem_enabled, int32_t huge_pages_at_fault);

/* Set size to sizeof(struct copymc_machine_stats) before the call. Counters are named as in /proc/vmstat. */
struct copymc_machine_stats {
    uint32_t size;
    uint32_t processes;
    uint64_t frames;
    uint64_t free_frames;
    uint64_t poison_pending; /* frames whose poison waits to be handled */
    uint64_t hardware_corrupted;
    uint64_t thp_collapse_alloc;
    uint64_t thp_collapse_alloc_failed;
    uint64_t thp_fault_alloc;
    uint64_t thp_scan_exceed_none_pte;
    uint64_t thp_scan_exceed_swap_pte;
    uint64_t thp_scan_exceed_share_pte;
    uint64_t nr_isolated_anon;
    uint64_t nr_isolated_file;
    uint64_t nr_file_pages;
    uint64_t nr_shmem;
    uint64_t nr_shmem_hugepages;
    uint64_t nr_file_hugepages;
    uint64_t pswpin;
    uint64_t pswpout;
    uint64_t pages_collapsed;
    uint64_t full_scans;
};
copymc_status copymc_machine_get_stats(copymc_machine machine, struct copymc_machine_stats *stats);

/*
 * Checks every count of the machine. *violations is their number, 0 if the machine is right. Writes a line for each to text, as much as
 * fits in capacity bytes, with a final 0; text may be null if capacity is 0. Slow on a large machine.
 */
copymc_status copymc_machine_check(copymc_machine machine, char *text, size_t capacity, size_t *violations);

/* Poisons a line (0 to 63) of a frame (COPYMC_SOURCE_MARK), or the whole frame. */
copymc_status copymc_machine_poison(copymc_machine machine, uint32_t frame, uint32_t line, int32_t source);

/* How an access to simulated memory ended. */
enum copymc_outcome {
    COPYMC_DONE = 0,
    COPYMC_WAITS = 1,             /* it would wait: see copymc_wait */
    COPYMC_MAP_ERROR = 2,         /* SIGSEGV, SEGV_MAPERR */
    COPYMC_ACCESS_ERROR = 3,      /* SIGSEGV, SEGV_ACCERR */
    COPYMC_BUS_ADDRESS_ERROR = 4, /* SIGBUS, BUS_ADRERR */
    COPYMC_MEMORY_ERROR = 5,      /* SIGBUS, BUS_MCEERR_AR: the memory is poisoned */
    COPYMC_OUT_OF_MEMORY = 6,
};

/* What a call or an access would wait for. It has changed nothing and can be tried again. */
enum copymc_wait {
    COPYMC_WAIT_NONE = 0,
    COPYMC_WAIT_MMAP_LOCK = 1,
    COPYMC_WAIT_PAGE_LOCK = 2,
    COPYMC_WAIT_ANON_VMA_LOCK = 3,
    COPYMC_WAIT_PAGE_CACHE_SLOT = 4,
    COPYMC_WAIT_USERFAULTFD_MISSING = 5,
    COPYMC_WAIT_USERFAULTFD_WRITE_PROTECT = 6,
    COPYMC_WAIT_USERFAULTFD_MINOR = 7,
};

/* "MEMORY_ERROR", "MMAP_LOCK"; null for a value that is none. */
const char *copymc_outcome_name(int32_t outcome);
const char *copymc_wait_name(int32_t wait);

struct copymc_access {
    int32_t outcome;   /* enum copymc_outcome */
    int32_t waits_for; /* enum copymc_wait */
    uint64_t done;     /* bytes read or written, from the start */
};

/* Handles the poison of a frame as the kernel does: unmaps it everywhere and takes it out of use. access->done is 0. */
copymc_status copymc_machine_handle_poison(copymc_machine machine, uint32_t frame, struct copymc_access *access);

/* Makes a frame healthy and returns it to use. source: how it was poisoned. */
copymc_status copymc_machine_heal(copymc_machine machine, uint32_t frame, int32_t source);

/* Starts a process with nothing mapped. Its number is in copymc_process_get_stats. */
copymc_status copymc_process_create(copymc_machine machine, copymc_process *process);

/*
 * How a simulated system call ended. The copymc_status of the function says whether the call could be made; this says how the kernel
 * answered.
 */
struct copymc_call {
    int32_t error;     /* the errno, as in <errno.h> of Linux; 0 if it succeeded or would wait */
    int32_t waits_for; /* enum copymc_wait; if it would wait, nothing was changed */
    uint64_t value;    /* the address that mmap returns; else 0 */
};

/* fork(2). *child is 0 unless the call succeeds. */
copymc_status copymc_process_fork(copymc_process process, copymc_process *child, struct copymc_call *call);

/*
 * mmap(2): protection, flags and advice have the values of <sys/mman.h>. address is a hint unless MAP_FIXED is given; 0: the first free 2
 * MiB boundary after all other mappings. file 0: anonymous memory. offset: bytes, a multiple of 4096. COPYMC_E_INVALID for a file of
 * another machine, or MAP_ANONYMOUS with a file.
 */
copymc_status copymc_process_mmap(copymc_process process, uint64_t address, uint64_t length, int32_t protection, int32_t flags,
                                  copymc_file file, uint64_t offset, struct copymc_call *call);
copymc_status copymc_process_munmap(copymc_process process, uint64_t address, uint64_t length, struct copymc_call *call);
copymc_status copymc_process_mprotect(copymc_process process, uint64_t address, uint64_t length, int32_t protection,
                                      struct copymc_call *call);

/* madvise(2). MADV_COLLAPSE works too, and returns only the errno; not in a callback: COPYMC_E_BUSY. */
copymc_status copymc_process_madvise(copymc_process process, uint64_t address, uint64_t length, int32_t advice, struct copymc_call *call);

/*
 * Load or store length bytes at a simulated address, page by page, faulting pages in as needed. Stop at the first page that cannot be
 * accessed; access->done says how much was done before it. COPYMC_E_INVALID, after the bytes before it, if memory of
 * the buffer is lost, or, for copymc_process_write, marked as poisoned.
 */
copymc_status copymc_process_read(copymc_process process, uint64_t address, void *buffer, size_t length, struct copymc_access *access);
copymc_status copymc_process_write(copymc_process process, uint64_t address, const void *buffer, size_t length,
                                   struct copymc_access *access);

/*
 * Poisons what is mapped at an address: COPYMC_SOURCE_MARK the line that holds it, every other source the whole frame. Sets *frame, unless
 * it is null, to the frame. COPYMC_E_STATE if none is mapped.
 */
copymc_status copymc_process_poison(copymc_process process, uint64_t address, int32_t source, uint32_t *frame);

enum copymc_page_state {
    COPYMC_PAGE_ABSENT = 0,
    COPYMC_PAGE_PRESENT = 1,
    COPYMC_PAGE_SWAPPED = 2,
    COPYMC_PAGE_POISONED = 3, /* memory failure has unmapped it */
    COPYMC_PAGE_POISON_MARKER = 4,
    COPYMC_PAGE_GUARD = 5,
    COPYMC_PAGE_WRITE_PROTECT_MARKER = 6,
};
enum { COPYMC_PAGE_HUGE = 1, COPYMC_PAGE_WRITABLE = 2, COPYMC_PAGE_DIRTY = 4, COPYMC_PAGE_YOUNG = 8 };
#define COPYMC_NO_FRAME UINT32_MAX

/* The page-table entry of an address. */
struct copymc_page {
    int32_t state;      /* enum copymc_page_state */
    uint32_t flags;     /* COPYMC_PAGE_HUGE: a PMD maps it */
    uint32_t frame;     /* COPYMC_NO_FRAME unless present */
    uint32_t map_count; /* entries that map its folio or a page of it */
};
copymc_status copymc_process_page(copymc_process process, uint64_t address, struct copymc_page *page);

/* Set size to sizeof(struct copymc_process_stats) before the call. Pages of 4 KiB, as in /proc/PID/status. */
struct copymc_process_stats {
    uint32_t size;
    uint32_t number;
    uint64_t rss_anon;
    uint64_t rss_file;
    uint64_t rss_shmem;
    uint64_t swap;
    uint64_t areas;
};
copymc_status copymc_process_get_stats(copymc_process process, struct copymc_process_stats *stats);

enum { COPYMC_FILE_SHMEM = 1 /* its content is in memory and swap, as of a memfd, not on the simulated disk */ };

/* Makes a file of zeros. */
copymc_status copymc_file_create(copymc_machine machine, uint64_t length, uint32_t flags, copymc_file *file);

/* ftruncate(2). */
copymc_status copymc_file_truncate(copymc_file file, uint64_t length, struct copymc_call *call);

/* Writes dirty pages of a regular file to the simulated disk. */
copymc_status copymc_file_write_back(copymc_file file);

/* Whether a regular file is open for writing: 1, and it is then not collapsed, or 0. */
copymc_status copymc_file_set_open_for_write(copymc_file file, int32_t open_for_write);

/* ---- Collapse --------------------------------------------------------------------------------------------------------------------------
 */

/* The kernel's enum scan_result, in an order of its own. copymc_collapse_result_name gives the kernel's names, such as "COPY_MC". */
enum copymc_collapse_result {
    COPYMC_FAIL = 0,
    COPYMC_SUCCEED = 1,
    COPYMC_NO_PTE_TABLE = 2,
    COPYMC_PMD_MAPPED = 3,
    COPYMC_EXCEED_NONE_PTE = 4,
    COPYMC_EXCEED_SWAP_PTE = 5,
    COPYMC_EXCEED_SHARED_PTE = 6,
    COPYMC_PTE_NON_PRESENT = 7,
    COPYMC_PTE_UFFD = 8,
    COPYMC_PTE_MAPPED_HUGEPAGE = 9,
    COPYMC_LACK_REFERENCED_PAGE = 10,
    COPYMC_PAGE_NULL = 11,
    COPYMC_SCAN_ABORT = 12,
    COPYMC_PAGE_COUNT = 13,
    COPYMC_PAGE_LRU = 14,
    COPYMC_PAGE_LOCK = 15,
    COPYMC_PAGE_ANON = 16,
    COPYMC_PAGE_LAZYFREE = 17,
    COPYMC_PAGE_COMPOUND = 18,
    COPYMC_ANY_PROCESS = 19,
    COPYMC_VMA_NULL = 20,
    COPYMC_VMA_CHECK = 21,
    COPYMC_ADDRESS_RANGE = 22,
    COPYMC_DEL_PAGE_LRU = 23,
    COPYMC_ALLOC_HUGE_PAGE_FAIL = 24,
    COPYMC_CGROUP_CHARGE_FAIL = 25,
    COPYMC_TRUNCATED = 26,
    COPYMC_PAGE_HAS_PRIVATE = 27,
    COPYMC_STORE_FAILED = 28,
    COPYMC_COPY_MC = 29, /* the copy met poison; everything was undone */
    COPYMC_PAGE_FILLED = 30,
    COPYMC_PAGE_DIRTY_OR_WRITEBACK = 31,
    COPYMC_PMD_NULL = 32,
    COPYMC_PMD_NONE = 33,
    COPYMC_PAGE_RO = 34,
};
const char *copymc_collapse_result_name(int32_t result);

/* The steps of a collapse. copymc_collapse_step_name gives the names of docs/collapse.md, such as "lockForWrite". */
enum copymc_collapse_step {
    COPYMC_STEP_SCAN = 0,
    COPYMC_STEP_ALLOCATE = 1,
    COPYMC_STEP_REVALIDATE = 2,
    COPYMC_STEP_SWAP_IN = 3,
    COPYMC_STEP_LOCK_FOR_WRITE = 4,
    COPYMC_STEP_DETACH_PAGE_TABLE = 5,
    COPYMC_STEP_ISOLATE = 6,
    COPYMC_STEP_UNLOCK_REVERSE_MAP = 7,
    COPYMC_STEP_RESERVE_SLOTS = 8,
    COPYMC_STEP_CHARGE_HOLES = 9,
    COPYMC_STEP_COPY = 10,
    COPYMC_STEP_CLOSE_HOLES = 11,
    COPYMC_STEP_COMMIT = 12,
    COPYMC_STEP_INSTALL = 13,
    COPYMC_STEP_RETRACT = 14,
};
const char *copymc_collapse_step_name(int32_t step);

/* The step that runs next. Valid during the callback. */
struct copymc_step {
    uint32_t size;
    int32_t step;          /* enum copymc_collapse_step */
    uint64_t address;      /* the first byte of the range */
    uint32_t process;      /* the number of the process through which the range was found */
    uint32_t copied_pages; /* so far */
};

/*
 * Called before a step, on the thread of the call, so that the program can change the machine between two steps. It may make every call for
 * this machine except these, which return COPYMC_E_BUSY: another collapse or scan, MADV_COLLAPSE, and destroying the machine or a
 * khugepaged. Calls that would wait for the collapse say so in waits_for. Returns 0 to go on. Any other value stops the collapse, which is
 * undone, or completed if it was committed; the call then returns COPYMC_E_STOPPED. It may take any time: only this machine is busy
 * meanwhile. It must return: after a longjmp out of it, or a C++ exception, the machine stays in the callback for good, and later calls may
 * end the process. In C++17 it must be noexcept, so that an exception ends the process at once.
 */
#if defined(__cplusplus) && __cplusplus >= 201703L
typedef int32_t copymc_step_fn(void *context, const struct copymc_step *step) noexcept;
#else
typedef int32_t copymc_step_fn(void *context, const struct copymc_step *step);
#endif

enum { COPYMC_EVERY_PAGE = 1 /* called before each page of the steps that work page by page, not only before the first */ };

struct copymc_observer {
    uint32_t size;
    uint32_t flags;
    copymc_step_fn *before_step;
    void *context;
};
#define COPYMC_OBSERVER_INIT(before_step, context)                                                                                         \
    { sizeof(struct copymc_observer), 0, before_step, context }

/* The collapse of one 2 MiB range. */
struct copymc_collapsed_range {
    uint64_t address;
    uint64_t bytes_not_copied; /* of COPY_MC: from the first lost byte to the end of the range; else 0 */
    uint32_t process;          /* the number of the process */
    int32_t result;            /* enum copymc_collapse_result */
    uint32_t copied_pages;     /* 512 after a collapse; of COPY_MC: those before the poisoned page */
    uint32_t poisoned_frame;   /* of COPY_MC: the frame; else COPYMC_NO_FRAME */
};

/*
 * madvise(MADV_COLLAPSE). call has the errno. Writes the first capacity ranges that were tried, in order, to ranges, which may be null if
 * capacity is 0, and the number of all to *range_count. observer may be null. COPYMC_E_PANIC if the modelled kernel does not recover from
 * the poison that the copy met. After COPYMC_E_STOPPED the ranges before the stop are collapsed, and *range_count is 0.
 */
copymc_status copymc_process_collapse(copymc_process process, uint64_t address, uint64_t length, const struct copymc_observer *observer,
                                      struct copymc_collapsed_range *ranges, size_t capacity, size_t *range_count,
                                      struct copymc_call *call);

typedef uint64_t copymc_khugepaged;

/* /sys/kernel/mm/transparent_hugepage/khugepaged. */
struct copymc_khugepaged_options {
    uint32_t size;
    uint32_t pages_to_scan; /* in a batch; at least 1 */
    uint32_t max_ptes_none;
    uint32_t max_ptes_swap;
    uint32_t max_ptes_shared;
    uint32_t reserved; /* 0 */
};
#define COPYMC_KHUGEPAGED_OPTIONS_INIT                                                                                                     \
    { sizeof(struct copymc_khugepaged_options), 4096, 511, 64, 256, 0 }

/* A khugepaged with a place of its own in the scan of all processes. observer may be null; it is called in every scan. */
copymc_status copymc_khugepaged_create(copymc_machine machine, const struct copymc_khugepaged_options *options,
                                       const struct copymc_observer *observer, copymc_khugepaged *khugepaged);

/*
 * Scans the pages of one batch, from the end of the last one on. Ranges as for copymc_process_collapse. *no_huge_page, unless it is null,
 * is 1 if the batch ended because no huge page was free, else 0.
 */
copymc_status copymc_khugepaged_scan(copymc_khugepaged khugepaged, struct copymc_collapsed_range *ranges, size_t capacity,
                                     size_t *range_count, int32_t *no_huge_page);

#ifdef __cplusplus
}
#endif

#endif
