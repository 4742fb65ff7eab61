#define _GNU_SOURCE
#include "process.h"

#include "accesses.h"
#include "answer.h"
#include "kernel_interface.h"
#include "memory_cgroup.h"
#include "observation.h"
#include "thp_settings.h"
#include "trace.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { MOST_PINS = 8 };

static int files[26], userfaultfd = -1;
static struct {
    long first, count;
    int ends[2];
} pins[MOST_PINS];

struct words {
    char *all[12];
    int count;
};

static bool has(const struct words *words, const char *word) {
    for (int i = 1; i < words->count; i++)
        if (!strcmp(words->all[i], word))
            return true;
    return false;
}

static int *file_of(const char *word) { return word && isalpha((unsigned char)*word) ? &files[tolower((unsigned char)*word) - 'a'] : NULL; }

static int protection_of(const struct words *words) {
    for (int i = 1; i < words->count; i++) {
        const char *word = words->all[i];
        if (!strcmp(word, "none"))
            return PROT_NONE;
        if (strspn(word, "rwx") == strlen(word))
            return (strchr(word, 'r') ? PROT_READ : 0) | (strchr(word, 'w') ? PROT_WRITE : 0) | (strchr(word, 'x') ? PROT_EXEC : 0);
    }
    return PROT_READ | PROT_WRITE;
}

// mmap R [shared] [file f OFFSET] [r|rw|rwx|none] [locked] [noreserve] [growsdown] [droppable] [hugetlb] [populate] [noreplace]
static void map(const struct words *words) {
    struct range range = range_of(words->all[1]);
    int fd = -1, flags = has(words, "shared") ? MAP_SHARED : has(words, "droppable") ? 8 : MAP_PRIVATE;
    off_t offset = 0;
    for (int i = 2; i + 2 < words->count; i++)
        if (!strcmp(words->all[i], "file")) {
            fd = *file_of(words->all[i + 1]);
            offset = strtol(words->all[i + 2], NULL, 10) * PAGE_BYTES;
        }
    flags |= (fd < 0 ? MAP_ANONYMOUS : 0) | (has(words, "noreplace") ? MAP_FIXED_NOREPLACE : MAP_FIXED);
    flags |= (has(words, "locked") ? MAP_LOCKED : 0) | (has(words, "noreserve") ? MAP_NORESERVE : 0) |
             (has(words, "growsdown") ? MAP_GROWSDOWN : 0) | (has(words, "populate") ? MAP_POPULATE : 0) |
             (has(words, "hugetlb") ? MAP_HUGETLB | MAP_NORESERVE : 0);
    say_result(mmap(range.start, range.length, protection_of(words), flags, fd, offset) != MAP_FAILED);
}

static bool has_swap(void) {
    FILE *swaps = fopen("/proc/swaps", "re");
    char line[512];
    bool found = swaps && fgets(line, sizeof line, swaps) && fgets(line, sizeof line, swaps);
    if (swaps)
        fclose(swaps);
    return found;
}

static void advise(const struct words *words) {
    static const struct {
        const char *name;
        int number;
    } advice[] = {{"normal", 0},         {"random", 1},          {"sequential", 2},       {"willneed", 3},  {"dontneed", 4},
                  {"free", 8},           {"remove", 9},          {"dontfork", 10},        {"dofork", 11},   {"hugepage", 14},
                  {"nohugepage", 15},    {"wipeonfork", 18},     {"keeponfork", 19},      {"cold", 20},     {"pageout", 21},
                  {"populate_read", 22}, {"populate_write", 23}, {"dontneed_locked", 24}, {"collapse", 25}, {"guard_install", 102},
                  {"guard_remove", 103}};
    struct range range = range_of(words->all[1]);
    if (has(words, "pageout") && !has_swap()) {
        say("unsupported: a swap area");
        return;
    }
    for (size_t i = 0; i < sizeof advice / sizeof *advice; i++)
        if (words->count > 2 && !strcmp(words->all[2], advice[i].name)) {
            // Newly written pages reach the LRU with a delay, and a collapse may return EAGAIN for the same reason.
            for (int attempt = 0;; attempt++) {
                int result = madvise(range.start, range.length, advice[i].number);
                bool again =
                    advice[i].number == MADV_PAGEOUT ? result == 0 : advice[i].number == MADV_COLLAPSE && result != 0 && errno == EAGAIN;
                if (!again || attempt == 3) {
                    say_result(result == 0);
                    return;
                }
            }
        }
    say("no such advice");
}

// collapse R: the result of MADV_COLLAPSE, and the status in the tracepoints for each range that was scanned.
static void collapse(const struct words *words) {
    struct range range = range_of(words->all[1]);
    char results[512], again[512];
    begin_trace();
    int result = madvise(range.start, range.length, MADV_COLLAPSE), error = errno;
    end_trace(results, sizeof results);
    // EAGAIN may be temporary: a page that is not on the LRU yet causes it.
    for (int attempt = 1; result != 0 && error == EAGAIN && attempt < 4; attempt++) {
        begin_trace();
        result = madvise(range.start, range.length, MADV_COLLAPSE), error = errno;
        end_trace(again, sizeof again);
        if (result == 0 || error != EAGAIN)
            strcpy(results, again);
    }
    errno = error;
    say_result(result == 0);
    say("%s", results);
}

static void survive(int signal) { (void)signal; }

// hwpoison R: the page frames are lost until the machine boots again.
static void inject_hwpoison(const struct words *words) {
    const char *asked = getenv("COPYMC_TEST_HWPOISON");
    struct range range = range_of(words->all[1]);
    if (!asked || strcmp(asked, "1") != 0) {
        say("unsupported: COPYMC_TEST_HWPOISON=1 (MADV_HWPOISON takes page frames until the machine boots again)");
        return;
    }
    // For a dirty page the call raises SIGBUS, and still succeeds.
    sigaction(SIGBUS, &(struct sigaction){.sa_handler = survive}, NULL);
    bool done = true;
    for (size_t i = 0; done && i < range.length; i += PAGE_BYTES)
        done = madvise(range.start + i, PAGE_BYTES, MADV_HWPOISON) == 0;
    sigaction(SIGBUS, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    if (!done && errno == EINVAL)
        say("unsupported: MADV_HWPOISON (CONFIG_MEMORY_FAILURE)");
    else
        say_result(done);
}

static void remap(const struct words *words) {
    struct range range = range_of(words->all[1]), to = range_of(words->all[2]);
    int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (has(words, "dontunmap") ? MREMAP_DONTUNMAP : 0);
    say_result(mremap(range.start, range.length, to.length, flags, to.start) != MAP_FAILED);
}

static const char *stamp_name(const struct stamp *first, const struct stamp *last, long page, char *name) {
    if (first->operation != last->operation || first->page != last->page)
        return "torn";
    if (!first->operation)
        return "zero";
    long away = (long)first->page - page;
    if (away)
        sprintf(name, "%lu@%+ld", first->operation, away);
    else
        sprintf(name, "%lu", first->operation);
    return name;
}

static void access_memory(const struct words *words, unsigned long operation, bool stores) {
    static struct accesses accesses;
    static const char *const outcomes[] = {"ok", "SIGBUS", "SIGSEGV", "waits"};
    struct range range = range_of(words->all[1]);
    accesses.start = range.start;
    accesses.count = (int)range.count;
    accesses.operation = stores ? operation : 0;
    accesses.first_page = range.first;
    run_accesses(&accesses, userfaultfd);
    char previous[64] = "", own[64];
    int run = 0;
    for (int i = 0; i <= range.count; i++) {
        const char *name = "";
        if (i < range.count)
            name = accesses.outcomes[i] != ACCESS_DONE || stores ? outcomes[accesses.outcomes[i]]
                                                                 : stamp_name(&accesses.first[i], &accesses.last[i], range.first + i, own);
        if (run && strcmp(name, previous)) {
            say_run(run, previous);
            run = 0;
        }
        snprintf(previous, sizeof previous, "%s", name);
        run++;
    }
}

static void file_write(const struct words *words, unsigned long operation) {
    struct range range = range_of(words->all[2]);
    char page[PAGE_BYTES] = {0};
    for (long i = 0; i < range.count; i++) {
        struct stamp stamp = {operation, (unsigned long)(range.first + i)};
        memcpy(page, &stamp, sizeof stamp);
        memcpy(page + PAGE_BYTES - sizeof stamp, &stamp, sizeof stamp);
        if (pwrite(*file_of(words->all[1]), page, PAGE_BYTES, (range.first + i) * PAGE_BYTES) != PAGE_BYTES) {
            say_result(false);
            return;
        }
    }
    say_result(true);
}

static void file_read(const struct words *words) {
    struct range range = range_of(words->all[2]);
    char page[PAGE_BYTES], previous[64] = "", own[64];
    int run = 0;
    for (long i = 0; i <= range.count; i++) {
        const char *name = "";
        if (i < range.count) {
            ssize_t length = pread(*file_of(words->all[1]), page, PAGE_BYTES, (range.first + i) * PAGE_BYTES);
            struct stamp first, last;
            memcpy(&first, page, sizeof first);
            memcpy(&last, page + PAGE_BYTES - sizeof last, sizeof last);
            name = length < 0 ? strerrorname_np(errno) : length == 0 ? "end" : stamp_name(&first, &last, range.first + i, own);
        }
        if (run && strcmp(name, previous)) {
            say_run(run, previous);
            run = 0;
        }
        snprintf(previous, sizeof previous, "%s", name);
        run++;
    }
}

// memfd f PAGES, disk f PAGES, secret f PAGES
static void open_file(const struct words *words) {
    int *file = file_of(words->all[1]);
    const char *kind = words->all[0];
    *file = !strcmp(kind, "memfd")  ? (int)syscall(SYS_memfd_create, "situation", MFD_CLOEXEC | MFD_ALLOW_SEALING)
            : !strcmp(kind, "disk") ? open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)
                                    : (int)syscall(SYS_memfd_secret, 0);
    struct statfs system;
    bool opened = *file >= 0;
    if (!strcmp(kind, "secret") && !opened)
        say("unsupported: memfd_secret");
    else if (!strcmp(kind, "disk") && (!opened || (fstatfs(*file, &system) == 0 && system.f_type == TMPFS_MAGIC)))
        say("unsupported: a file on a disk in /var/tmp");
    else
        say_result(opened && ftruncate(*file, strtol(words->all[2], NULL, 10) * PAGE_BYTES) == 0);
}

// reopen f: reopens the file, so that no process has it open for writing.
static void reopen_for_reading(const struct words *words) {
    int *file = file_of(words->all[1]);
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", *file);
    int reading = fsync(*file) == 0 ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    say_result(reading >= 0);
    close(*file);
    *file = reading;
}

static void allocate(const struct words *words) {
    struct range range = range_of(words->all[2]);
    int mode = has(words, "punch") ? FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE : 0;
    say_result(fallocate(*file_of(words->all[1]), mode, range.first * PAGE_BYTES, range.count * PAGE_BYTES) == 0);
}

static void seal(const struct words *words) {
    int seals = (has(words, "write") ? F_SEAL_WRITE : 0) | (has(words, "shrink") ? F_SEAL_SHRINK : 0) |
                (has(words, "grow") ? F_SEAL_GROW : 0) | (has(words, "seal") ? F_SEAL_SEAL : 0) |
                (has(words, "future_write") ? F_SEAL_FUTURE_WRITE : 0);
    say_result(fcntl(*file_of(words->all[1]), F_ADD_SEALS, seals) == 0);
}

static int create_userfaultfd(void) { return (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY); }

// Requests those of the features that the kernel has. Calls that need another one fail.
static void open_userfaultfd(const struct words *words) {
    unsigned long features = UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_MINOR_SHMEM | UFFD_FEATURE_POISON | UFFD_FEATURE_WP_HUGETLBFS_SHMEM |
                             (has(words, "wp_unpopulated") ? UFFD_FEATURE_WP_UNPOPULATED : 0);
    int asked = create_userfaultfd();
    struct uffdio_api known = {.api = UFFD_API};
    if (asked >= 0 && ioctl(asked, UFFDIO_API, &known) == 0)
        features &= known.features;
    close(asked);
    userfaultfd = create_userfaultfd();
    struct uffdio_api api = {.api = UFFD_API, .features = features};
    say_result(userfaultfd >= 0 && ioctl(userfaultfd, UFFDIO_API, &api) == 0);
}

static void use_userfaultfd(const struct words *words, unsigned long operation) {
    const char *call = words->all[1];
    if (!strcmp(call, "open")) {
        open_userfaultfd(words);
        return;
    }
    if (!strcmp(call, "close")) {
        say_result(close(userfaultfd) == 0);
        userfaultfd = -1;
        return;
    }
    struct range range = range_of(words->all[2]);
    struct uffdio_range place = {(unsigned long)range.start, range.length};
    int result = -1;
    if (!strcmp(call, "register")) {
        struct uffdio_register request = {.range = place,
                                          .mode = (has(words, "missing") ? UFFDIO_REGISTER_MODE_MISSING : 0ULL) |
                                                  (has(words, "wp") ? UFFDIO_REGISTER_MODE_WP : 0ULL) |
                                                  (has(words, "minor") ? UFFDIO_REGISTER_MODE_MINOR : 0ULL)};
        result = ioctl(userfaultfd, UFFDIO_REGISTER, &request);
    } else if (!strcmp(call, "unregister")) {
        result = ioctl(userfaultfd, UFFDIO_UNREGISTER, &place);
    } else if (!strcmp(call, "poison")) {
        struct uffdio_poison request = {.range = place};
        result = ioctl(userfaultfd, UFFDIO_POISON, &request);
    } else if (!strcmp(call, "writeprotect") || !strcmp(call, "unprotect")) {
        struct uffdio_writeprotect request = {.range = place, .mode = *call == 'w' ? UFFDIO_WRITEPROTECT_MODE_WP : 0};
        result = ioctl(userfaultfd, UFFDIO_WRITEPROTECT, &request);
    } else if (!strcmp(call, "zeropage")) {
        struct uffdio_zeropage request = {.range = place};
        result = ioctl(userfaultfd, UFFDIO_ZEROPAGE, &request);
    } else if (!strcmp(call, "continue")) {
        struct uffdio_continue request = {.range = place};
        result = ioctl(userfaultfd, UFFDIO_CONTINUE, &request);
    } else if (!strcmp(call, "copy")) {
        char *content = calloc(1, range.length);
        for (long i = 0; i < range.count; i++) {
            struct stamp stamp = {operation, (unsigned long)(range.first + i)};
            memcpy(content + i * PAGE_BYTES, &stamp, sizeof stamp);
            memcpy(content + (i + 1) * PAGE_BYTES - sizeof stamp, &stamp, sizeof stamp);
        }
        struct uffdio_copy request = {.dst = place.start, .src = (unsigned long)content, .len = place.len};
        result = ioctl(userfaultfd, UFFDIO_COPY, &request);
        int error = errno;
        free(content);
        errno = error;
    }
    say_result(result == 0);
}

static bool pin_for_io(const struct range *range, int *ends) {
    struct io_uring_params parameters = {0};
    ends[0] = (int)syscall(SYS_io_uring_setup, 2, &parameters);
    ends[1] = -1;
    struct iovec buffer = {range->start, range->length};
    return ends[0] >= 0 && syscall(SYS_io_uring_register, ends[0], IORING_REGISTER_BUFFERS, &buffer, 1) == 0;
}

static bool pin_by_reference(const struct range *range, int *ends) {
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    for (long i = 0; i < range->count; i++) {
        struct iovec page = {range->start + i * PAGE_BYTES, PAGE_BYTES};
        if (vmsplice(ends[1], &page, 1, SPLICE_F_NONBLOCK) != PAGE_BYTES)
            return false;
    }
    return true;
}

static void release_pins(void) {
    for (int i = 0; i < MOST_PINS; i++)
        if (pins[i].count) {
            close(pins[i].ends[0]);
            if (pins[i].ends[1] >= 0)
                close(pins[i].ends[1]);
        }
}

static void pin(const struct words *words) {
    struct range range = range_of(words->all[1]);
    for (int i = 0; i < MOST_PINS; i++)
        if (!pins[i].count) {
            pins[i].first = range.first;
            pins[i].count = range.count;
            bool held = has(words, "io") ? pin_for_io(&range, pins[i].ends) : pin_by_reference(&range, pins[i].ends);
            say_result(held);
            if (!held)
                pins[i].count = 0;
            return;
        }
    say("too many pins");
}

static void unpin(const struct words *words) {
    struct range range = range_of(words->all[1]);
    for (int i = 0; i < MOST_PINS; i++)
        if (pins[i].count == range.count && pins[i].first == range.first) {
            close(pins[i].ends[0]);
            if (pins[i].ends[1] >= 0)
                close(pins[i].ends[1]);
            pins[i].count = 0;
            // io_uring releases its buffers asynchronously after it is closed.
            usleep(20000);
            say("ok");
            return;
        }
    say("no such pin");
}

// thp enabled|shmem VALUE
static void set_huge_pages(const struct words *words) {
    if (words->count == 3)
        set_thp(words->all[1], words->all[2]);
    else
        say("no such setting");
}

static const char *after(const struct words *words, const char *word) {
    for (int i = 1; i + 1 < words->count; i++)
        if (!strcmp(words->all[i], word))
            return words->all[i + 1];
    return NULL;
}

static void fork_process(int ends[][2], int child);

static void execute(char *text, const struct request *request, int ends[][2]) {
    struct words words = {.count = 0};
    for (char *rest = text, *word; words.count < 11 && (word = strsep(&rest, " "));)
        if (*word)
            words.all[words.count++] = word;
    const char *call = words.count ? words.all[0] : "";
    struct range range = words.count > 1 && isdigit((unsigned char)*words.all[1]) ? range_of(words.all[1]) : (struct range){0};
    if (!strcmp(call, "mmap"))
        map(&words);
    else if (!strcmp(call, "munmap"))
        say_result(munmap(range.start, range.length) == 0);
    else if (!strcmp(call, "mprotect"))
        say_result(mprotect(range.start, range.length, protection_of(&words)) == 0);
    else if (!strcmp(call, "madvise"))
        advise(&words);
    else if (!strcmp(call, "collapse"))
        collapse(&words);
    else if (!strcmp(call, "hwpoison"))
        inject_hwpoison(&words);
    else if (!strcmp(call, "memcg"))
        use_memory_cgroup(words.count > 1 ? words.all[1] : "");
    else if (!strcmp(call, "mremap"))
        remap(&words);
    else if (!strcmp(call, "mlock"))
        say_result(mlock2(range.start, range.length, has(&words, "onfault") ? MLOCK_ONFAULT : 0) == 0);
    else if (!strcmp(call, "munlock"))
        say_result(munlock(range.start, range.length) == 0);
    else if (!strcmp(call, "mseal"))
        say_result(syscall(462, range.start, range.length, 0) == 0);
    else if (!strcmp(call, "write"))
        access_memory(&words, request->number, true);
    else if (!strcmp(call, "read"))
        access_memory(&words, request->number, false);
    else if (!strcmp(call, "memfd") || !strcmp(call, "disk") || !strcmp(call, "secret"))
        open_file(&words);
    else if (!strcmp(call, "reopen"))
        reopen_for_reading(&words);
    else if (!strcmp(call, "ftruncate"))
        say_result(ftruncate(*file_of(words.all[1]), strtol(words.all[2], NULL, 10) * PAGE_BYTES) == 0);
    else if (!strcmp(call, "fallocate"))
        allocate(&words);
    else if (!strcmp(call, "fwrite"))
        file_write(&words, request->number);
    else if (!strcmp(call, "fread"))
        file_read(&words);
    else if (!strcmp(call, "seal"))
        seal(&words);
    else if (!strcmp(call, "uffd"))
        use_userfaultfd(&words, request->number);
    else if (!strcmp(call, "pin"))
        pin(&words);
    else if (!strcmp(call, "unpin"))
        unpin(&words);
    else if (!strcmp(call, "thp"))
        set_huge_pages(&words);
    else if (!strcmp(call, "khugepaged"))
        run_khugepaged(after(&words, "none"), after(&words, "swap"), after(&words, "shared"));
    else if (!strcmp(call, "thp_disable"))
        say_result(prctl(PR_SET_THP_DISABLE, !has(&words, "off"), has(&words, "except_advised") ? 2 : 0, 0, 0) == 0);
    else if (!strcmp(call, "table"))
        show_table(range);
    else if (!strcmp(call, "huge"))
        show_huge(range);
    else if (!strcmp(call, "folios") && words.count > 1 && file_of(words.all[1]))
        show_folios(range_of(words.all[2]), *file_of(words.all[1]));
    else if (!strcmp(call, "folios"))
        show_folios(range, -1);
    else if (!strcmp(call, "areas"))
        show_areas();
    else if (!strcmp(call, "fork"))
        fork_process(ends, request->child);
    else
        say("no such operation");
}

static void serve(int ends[][2], int number) {
    struct request request;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (recv(ends[number][1], &request, sizeof request, 0) == sizeof request) {
        *answer = 0;
        bool exits = !strcmp(request.text, "exit");
        if (exits)
            say("ok");
        else
            execute(request.text, &request, ends);
        if (exits) {
            // Frees the memory and the pins before the answer is sent.
            munmap(memory, (size_t)MOST_PAGES * 16 * PAGE_BYTES);
            release_pins();
        }
        if (send(ends[number][1], answer, strlen(answer), MSG_NOSIGNAL) < 0 || exits)
            break;
    }
    _exit(0);
}

static void fork_process(int ends[][2], int child) {
    // As a sibling, so that it lives on when this process exits.
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        // What holds pages, and the userfaultfd, are the parent's alone.
        release_pins();
        memset(pins, 0, sizeof pins);
        close(userfaultfd);
        userfaultfd = -1;
        serve(ends, child);
    }
    say_result(pid > 0);
}

void start_process(int ends[][2], int number) {
    if (fork() == 0)
        serve(ends, number);
}
