#define _GNU_SOURCE
#include "subject.h"

#include "kernel_interface.h"
#include "memory_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

// Far from the mappings of the C library and the kernel, with room on both sides.
static char *const BASE = (char *)0x100000000000, *const ALSO_MAPPED = (char *)0x110000000000;

void unsupported(const char *format, ...) {
    char reason[256];
    va_list values;
    va_start(values, format);
    vsnprintf(reason, sizeof reason, format, values);
    va_end(values);
    release_subject();
    printf("{\"unsupported\": \"%s\"}\n", reason);
    fflush(stdout);
    _exit(0);
}

static void need(bool done, const char *what) {
    if (!done)
        unsupported("%s: %s", what, strerror(errno));
}

static bool is_file(const struct state *state) {
    return state->memory == SHARED_MEMFD || state->memory == PRIVATE_MEMFD || state->memory == DISK || state->memory == READ_ONLY_DISK;
}

static int open_file(const struct state *state) {
    int fd;
    if (state->memory == SECRET) {
        need((fd = (int)syscall(SYS_memfd_secret, 0)) >= 0, "memfd_secret");
    } else if (state->memory == DISK || state->memory == READ_ONLY_DISK) {
        need((fd = open("/var/tmp", O_TMPFILE | O_RDWR, 0600)) >= 0, "a file in /var/tmp");
        struct statfs system;
        need(fstatfs(fd, &system) == 0, "fstatfs");
        if (system.f_type == TMPFS_MAGIC)
            unsupported("/var/tmp is in memory, not on a disk");
    } else {
        need((fd = memfd_create("collapse_probe", 0)) >= 0, "memfd_create");
    }
    need(ftruncate(fd, (off_t)(state->file_offset + state->mapping.first + state->mapping.count) * PAGE) == 0, "ftruncate");
    return fd;
}

static void map_memory(const struct state *state, struct subject *subject) {
    int kind = state->memory == ANONYMOUS ? MAP_PRIVATE | MAP_ANONYMOUS
               : state->memory == HUGETLB ? MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE
               : state->memory == PRIVATE_MEMFD || state->memory == READ_ONLY_DISK ? MAP_PRIVATE
                                                                                   : MAP_SHARED;
    int protection = state->memory == READ_ONLY_DISK ? PROT_READ | PROT_EXEC : PROT_READ | PROT_WRITE;
    size_t length = (size_t)state->mapping.count * PAGE;
    off_t offset = (off_t)(state->file_offset + state->mapping.first) * PAGE;
    subject->base = BASE;
    char *start = page_at(subject, state->mapping.first);
    need(mmap(start, length, protection, kind | MAP_FIXED_NOREPLACE, subject->fd, subject->fd < 0 ? 0 : offset) == start, "mmap");
    if (state->also_mapped.count) {
        char *second = ALSO_MAPPED + (start - BASE);
        need(mmap(second, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE, subject->fd, offset) == second, "mmap");
        subject->also_mapped = ALSO_MAPPED;
    }
}

static void touch(const char *page) { (void)*(const volatile char *)page; }

static void write_page(char *page, int index, int generation) { fill_pattern((unsigned long *)page, index, generation); }

static void write_file_page(const struct state *state, int fd, int index) {
    unsigned long words[PAGE / sizeof(unsigned long)];
    fill_pattern(words, index, 0);
    need(pwrite(fd, words, PAGE, (off_t)(state->file_offset + index) * PAGE) == PAGE, "pwrite");
}

static bool is_filled(enum page_state page) { return page != ABSENT && page != ZERO_PAGE && page != HUGE_ZERO_PAGE; }

static bool is_cached_only(enum page_state page) { return page == CACHED || page == PUNCHED; }

// Only a private or read-only mapping of a file is filled behind its back; everything else as a program does it, by writing to memory.
static void fill(const struct state *state, struct subject *subject) {
    bool through_file = state->memory == PRIVATE_MEMFD || state->memory == READ_ONLY_DISK;
    int first = state->mapping.first, end = first + state->mapping.count;
    for (int i = first; i < end; i++)
        if (is_filled(state->pages[i]) && (through_file || is_cached_only(state->pages[i])))
            write_file_page(state, subject->fd, i);
    if (state->memory == READ_ONLY_DISK) {
        // No process may have it open for writing.
        char name[64];
        snprintf(name, sizeof name, "/proc/self/fd/%d", subject->fd);
        need(fsync(subject->fd) == 0, "fsync");
        int reading = open(name, O_RDONLY);
        need(reading >= 0, "open");
        close(subject->fd);
        subject->fd = reading;
        munmap(page_at(subject, first), (size_t)(end - first) * PAGE);
        map_memory(state, subject);
    }
    for (int i = first; i < end; i++)
        if (is_filled(state->pages[i]) && !is_cached_only(state->pages[i])) {
            if (through_file)
                touch(page_at(subject, i));
            else
                write_page(page_at(subject, i), i, 0);
        }
}

static void collapse_now(char *start) {
    // EAGAIN is worth another try; a free huge page may need compaction.
    for (int attempt = 0; madvise(start, HUGE_PAGE, MADV_COLLAPSE) != 0; attempt++)
        need((errno == EAGAIN || errno == ENOMEM) && attempt < 10, "a huge page to begin with");
}

// Each page the first one of another huge page. The mapping grows downwards a page at a time, so that it stays one VMA with consecutive
// page offsets: a huge page is made at its end, and all but its first page is cut off.
static void fill_with_compound_heads(const struct state *state, struct subject *subject) {
    char *workshop = subject->base + 64L * HUGE_PAGE, *shelf = workshop + 64L * HUGE_PAGE;
    int count = state->mapping.count;
    if (sysconf(_SC_PHYS_PAGES) / HUGE_PAGE_PAGES < 4 * count)
        unsupported("%d huge pages of which all but a page is unmapped need a machine of %d MiB", count, 8 * count);
    munmap(page_at(subject, state->mapping.first), (size_t)count * PAGE);
    need(mmap(workshop, HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == workshop, "mmap");
    for (int i = 0; i < count; i++) {
        size_t kept = (size_t)(i + 1) * PAGE;
        write_page(workshop, state->mapping.first + i, 0);
        collapse_now(workshop);
        char *from = workshop - (size_t)i * PAGE;
        need(mremap(from, (size_t)i * PAGE + HUGE_PAGE, kept, MREMAP_MAYMOVE | MREMAP_FIXED, shelf) == shelf, "mremap");
        if (i + 1 == count)
            break;
        char *back = workshop - kept;
        need(mremap(shelf, kept, kept + HUGE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, back) == back, "mremap");
    }
    char *start = page_at(subject, state->mapping.first);
    size_t length = (size_t)count * PAGE;
    need(mremap(shelf, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, start) == start, "mremap");
}

static void make_huge(const struct state *state, struct subject *subject) {
    static const enum page_state parts[] = {HUGE_MAPPED, HUGE_CACHED, COMPOUND};
    for (int i = 0; i + HUGE_PAGE_PAGES <= MOST_PAGES; i += HUGE_PAGE_PAGES) {
        bool wanted = false;
        for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
            wanted |= memchr(state->pages + i, parts[part], HUGE_PAGE_PAGES) != NULL;
        if (wanted)
            collapse_now(page_at(subject, i));
        if (memchr(state->pages + i, HUGE_ZERO_PAGE, HUGE_PAGE_PAGES)) {
            need(madvise(page_at(subject, i), HUGE_PAGE, MADV_HUGEPAGE) == 0, "MADV_HUGEPAGE");
            touch(page_at(subject, i));
        }
    }
}

void release_subject(void) { leave_memory_cgroup(); }

void build_subject(const struct state *state, struct subject *subject) {
    *subject = (struct subject){.fd = -1, .userfaultfd = -1};
    if (state->charge_denied)
        enter_memory_cgroup();
    if (is_file(state) || state->memory == SECRET)
        subject->fd = open_file(state);
    map_memory(state, subject);
    if (has_page(state, COMPOUND_HEAD)) {
        fill_with_compound_heads(state, subject);
    } else {
        // Independent of the system's settings: huge pages only where the state has them.
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
        fill(state, subject);
        prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
    }
    make_huge(state, subject);
    for (int i = state->also_mapped.first; i < state->also_mapped.first + state->also_mapped.count; i++)
        touch(subject->also_mapped + (long)i * PAGE);
}

// Calls `change` for each run of pages in the given state.
static void each_run(const struct state *state, struct subject *subject, enum page_state page,
                     void (*change)(const struct state *, struct subject *, char *start, size_t length)) {
    for (int i = 0; i < MOST_PAGES; i++) {
        int first = i;
        while (i < MOST_PAGES && state->pages[i] == page)
            i++;
        if (i > first)
            change(state, subject, page_at(subject, first), (size_t)(i - first) * PAGE);
    }
}

// One page apart in its protection splits the VMA, and with it the huge page's mapping; put back, the VMA is whole again. A file's mapping
// is not split but dropped, and comes back by small pages while huge ones are forbidden.
static void split_mapping(const struct state *state, struct subject *subject, char *start, size_t length) {
    char *huge = subject->base + (start - subject->base) / HUGE_PAGE * HUGE_PAGE;
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (state->memory == ANONYMOUS) {
        need(mprotect(huge, PAGE, PROT_READ) == 0 && mprotect(huge, PAGE, PROT_READ | PROT_WRITE) == 0, "mprotect");
    } else {
        need(madvise(huge, HUGE_PAGE, MADV_DONTNEED) == 0, "MADV_DONTNEED");
        for (size_t i = 0; i < length; i += PAGE)
            touch(start + i);
    }
    prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

static void drop(const struct state *state, struct subject *subject, char *start, size_t length) {
    (void)state, (void)subject;
    need(madvise(start, length, MADV_DONTNEED) == 0, "MADV_DONTNEED");
}

static void lazyfree(const struct state *state, struct subject *subject, char *start, size_t length) {
    (void)state, (void)subject;
    need(madvise(start, length, MADV_FREE) == 0, "MADV_FREE");
}

static void guard(const struct state *state, struct subject *subject, char *start, size_t length) {
    (void)state, (void)subject;
    need(madvise(start, length, MADV_GUARD_INSTALL) == 0, "MADV_GUARD_INSTALL (Linux 6.13 for anonymous memory, 6.15 for files)");
}

static void punch(const struct state *state, struct subject *subject, char *start, size_t length) {
    off_t offset = start - subject->base + (off_t)state->file_offset * PAGE;
    need(fallocate(subject->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, (off_t)length) == 0, "FALLOC_FL_PUNCH_HOLE");
}

static void poison(const struct state *state, struct subject *subject, char *start, size_t length) {
    drop(state, subject, start, length);
    struct uffdio_poison poison = {.range = {(unsigned long)start, length}};
    need(ioctl(subject->userfaultfd, UFFDIO_POISON, &poison) == 0, "UFFDIO_POISON");
}

static void survive(int signal) { (void)signal; }

static void hw_poison(const struct state *state, struct subject *subject, char *start, size_t length) {
    (void)state, (void)subject;
    const char *asked = getenv("COPYMC_TEST_HWPOISON");
    need(asked && strcmp(asked, "1") == 0, "COPYMC_TEST_HWPOISON=1 (MADV_HWPOISON takes page frames until the machine boots again)");
    // The call that poisons a dirty page raises SIGBUS, and still succeeds.
    sigaction(SIGBUS, &(struct sigaction){.sa_handler = survive}, NULL);
    for (size_t i = 0; i < length; i += PAGE)
        need(madvise(start + i, PAGE, MADV_HWPOISON) == 0, "MADV_HWPOISON (CONFIG_MEMORY_FAILURE, CAP_SYS_ADMIN)");
    sigaction(SIGBUS, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

static void write_protect(const struct state *state, struct subject *subject, char *start, size_t length) {
    (void)state;
    struct uffdio_writeprotect protect = {.range = {(unsigned long)start, length}, .mode = UFFDIO_WRITEPROTECT_MODE_WP};
    need(ioctl(subject->userfaultfd, UFFDIO_WRITEPROTECT, &protect) == 0, "UFFDIO_WRITEPROTECT");
}

static void read_zero_page(const struct state *state, struct subject *subject, char *start, size_t length) {
    (void)state, (void)subject;
    for (size_t i = 0; i < length; i += PAGE)
        touch(start + i);
}

static void swap_out(const struct state *state, struct subject *subject, char *start, size_t length) {
    (void)state, (void)subject;
    unsigned char resident[MOST_PAGES];
    for (int attempt = 0; attempt < 10; attempt++) {
        need(madvise(start, length, MADV_PAGEOUT) == 0, "MADV_PAGEOUT");
        need(mincore(start, length, resident) == 0, "mincore");
        if (!memchr(resident, 1, length / PAGE))
            return;
    }
    unsupported("the pages do not go to swap; it needs a swap area (swapon)");
}

static void register_range(const struct state *state, struct subject *subject) {
    bool poisoned = has_page(state, POISONED);
    bool protected = has_page(state, WRITE_PROTECTED) || state->registration == REGISTERED_WRITE_PROTECT;
    if (!poisoned && !protected && state->registration == UNREGISTERED)
        return;
    int fd = subject->userfaultfd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    need(fd >= 0, "userfaultfd");
    struct uffdio_api api = {.api = UFFD_API,
                             .features = (poisoned ? UFFD_FEATURE_POISON : 0) |
                                         (protected ? UFFD_FEATURE_WP_UNPOPULATED | UFFD_FEATURE_WP_HUGETLBFS_SHMEM : 0)};
    need(ioctl(fd, UFFDIO_API, &api) == 0, "the features of userfaultfd (poison: Linux 6.6; write protection of any memory: 6.4)");
    struct uffdio_register range = {.range = {(unsigned long)page_at(subject, state->mapping.first), (size_t)state->mapping.count * PAGE},
                                    .mode = (poisoned || state->registration == REGISTERED_MISSING ? UFFDIO_REGISTER_MODE_MISSING : 0) |
                                            (protected ? UFFDIO_REGISTER_MODE_WP : 0)};
    need(ioctl(fd, UFFDIO_REGISTER, &range) == 0, "UFFDIO_REGISTER");
}

static void pin(const struct state *state, struct subject *subject) {
    if (!state->pinned.count)
        return;
    int ends[2];
    need(pipe(ends) == 0, "pipe");
    for (int i = 0; i < state->pinned.count; i++) {
        struct iovec page = {page_at(subject, state->pinned.first + i), PAGE};
        need(vmsplice(ends[1], &page, 1, SPLICE_F_NONBLOCK) == PAGE, "vmsplice");
    }
}

void change_subject(const struct state *state, struct subject *subject) {
    each_run(state, subject, COMPOUND, split_mapping);
    // Later writes and reads also map small pages.
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    for (int i = state->rewritten.first; i < state->rewritten.first + state->rewritten.count; i++)
        write_page(page_at(subject, i), i, 1);
    each_run(state, subject, DROPPED, drop);
    each_run(state, subject, PUNCHED, punch);
    if (state->memory != ANONYMOUS)
        each_run(state, subject, CACHED, drop);
    each_run(state, subject, HUGE_CACHED, drop);
    each_run(state, subject, LAZYFREE, lazyfree);
    each_run(state, subject, ZERO_PAGE, read_zero_page);
    each_run(state, subject, SWAPPED, swap_out);
    each_run(state, subject, GUARDED, guard);
    each_run(state, subject, HW_POISONED, hw_poison);
    register_range(state, subject);
    each_run(state, subject, POISONED, poison);
    each_run(state, subject, WRITE_PROTECTED, write_protect);
    if (subject->userfaultfd >= 0 && state->registration == UNREGISTERED) {
        close(subject->userfaultfd);
        subject->userfaultfd = -1;
    }
    if (state->locked.count)
        need(mlock(page_at(subject, state->locked.first), (size_t)state->locked.count * PAGE) == 0, "mlock");
    pin(state, subject);
    if (state->file_pages >= 0)
        need(ftruncate(subject->fd, (off_t)(state->file_offset + state->file_pages) * PAGE) == 0, "ftruncate");

    char *start = page_at(subject, state->mapping.first);
    size_t length = (size_t)state->mapping.count * PAGE;
    if (state->advice != NO_ADVICE)
        need(madvise(start, length, state->advice == ADVISE_HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) == 0, "MADV_HUGEPAGE");
    if (state->protection != READ_WRITE)
        need(mprotect(start, length, state->protection == READ_ONLY ? PROT_READ : PROT_NONE) == 0, "mprotect");
    if (state->gap.count)
        need(munmap(page_at(subject, state->gap.first), (size_t)state->gap.count * PAGE) == 0, "munmap");
    prctl(PR_SET_THP_DISABLE, state->thp_disabled, 0, 0, 0);
    if (state->charge_denied)
        leave_no_room_in_memory_cgroup();
}

void open_subject(const struct state *state, struct subject *subject) {
    prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
    if (state->charge_denied)
        leave_room_in_memory_cgroup();
    if (subject->userfaultfd >= 0)
        close(subject->userfaultfd);
    if (state->protection == NONE)
        mprotect(page_at(subject, state->mapping.first), (size_t)state->mapping.count * PAGE, PROT_READ);
}
