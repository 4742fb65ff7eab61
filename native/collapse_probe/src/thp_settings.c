#define _GNU_SOURCE
#include "thp_settings.h"

#include "answer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SETTINGS "/sys/kernel/mm/transparent_hugepage/"

enum { MOST_TEXT = 128, PATIENCE_MS = 20000 };

static struct setting {
    const char *const file;
    char before[MOST_TEXT];
} settings[] = {{"enabled", ""},
                {"shmem_enabled", ""},
                {"khugepaged/max_ptes_none", ""},
                {"khugepaged/max_ptes_swap", ""},
                {"khugepaged/max_ptes_shared", ""},
                {"khugepaged/pages_to_scan", ""},
                // The last: it is put back at the end.
                {"khugepaged/scan_sleep_millisecs", ""}};

static const int ends[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};

static bool read_text(const char *file, char *text) {
    char path[MOST_TEXT];
    snprintf(path, sizeof path, SETTINGS "%s", file);
    FILE *stream = fopen(path, "re");
    bool read = stream && fgets(text, MOST_TEXT, stream);
    if (stream)
        fclose(stream);
    return read;
}

static bool write_text(const char *file, const char *text) {
    char path[MOST_TEXT];
    snprintf(path, sizeof path, SETTINGS "%s", file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return written;
}

static bool is_asked(void) {
    const char *asked = getenv("COPYMC_TEST_THP_SETTINGS");
    return asked && !strcmp(asked, "1");
}

static bool may_change(void) {
    if (!is_asked())
        say("unsupported: COPYMC_TEST_THP_SETTINGS=1 (changes the machine's settings of huge pages for the moment)");
    return is_asked();
}

static void read_value(const char *file, char *value) {
    char text[MOST_TEXT] = "";
    read_text(file, text);
    // "always [madvise] never", or a number.
    const char *chosen = strchr(text, '[');
    strcpy(value, chosen ? chosen + 1 : text);
    value[strcspn(value, "]\n")] = 0;
}

// A process that khugepaged scans always: without one it makes no passes. It is one of its own, as what this process is to khugepaged its
// children are.
static void start_scanned_process(void) {
    pid_t parent = getpid();
    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A situation waits for the processes of its own group.
    setpgid(0, 0);
    size_t length = 2UL * HUGE_PAGES * PAGE_BYTES;
    char *scanned = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (scanned != MAP_FAILED && madvise(scanned, length, MADV_HUGEPAGE) == 0)
        scanned[length / 2] = 1;
    while (getppid() == parent)
        pause();
    _exit(0);
}

static void restore_and_end(int signal) {
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        write_text(settings[i].file, settings[i].before);
    _exit(128 + signal);
}

void read_thp_settings(void) {
    if (!is_asked())
        return;
    start_scanned_process();
    // Whoever ends this program leaves the machine as it was.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaction(ends[i], &(struct sigaction){.sa_handler = restore_and_end}, NULL);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        read_value(settings[i].file, settings[i].before);
}

void restore_thp_settings(bool is_end) {
    if (!is_asked())
        return;
    for (size_t i = 0; i < sizeof settings / sizeof *settings - !is_end; i++) {
        char now[MOST_TEXT];
        read_value(settings[i].file, now);
        // Writing some of them wakes khugepaged, whatever is written.
        if (strcmp(now, settings[i].before) != 0)
            write_text(settings[i].file, settings[i].before);
    }
}

void set_thp(const char *what, const char *value) {
    if (!may_change())
        return;
    bool shmem = !strcmp(what, "shmem");
    bool done = write_text(shmem ? "shmem_enabled" : "enabled", shmem && !strcmp(value, "madvise") ? "advise" : value);
    say("%s", done ? "ok" : "unsupported: " SETTINGS);
}

static long passes(void) {
    char text[MOST_TEXT];
    return read_text("khugepaged/full_scans", text) ? atol(text) : -1;
}

static bool may_scan(void) {
    char anonymous[MOST_TEXT], shmem[MOST_TEXT];
    read_value("enabled", anonymous);
    read_value("shmem_enabled", shmem);
    return strcmp(anonymous, "never") != 0 || (strcmp(shmem, "never") != 0 && strcmp(shmem, "deny") != 0);
}

static bool wait_for_passes(long count) {
    long before = passes();
    int waited = 0;
    for (; may_scan() && passes() < before + count && waited < PATIENCE_MS; waited += 2)
        usleep(2000);
    return waited < PATIENCE_MS;
}

void run_khugepaged(const char *none, const char *swap, const char *shared) {
    if (!may_change())
        return;
    bool done = write_text("khugepaged/max_ptes_none", none ? none : "511") && write_text("khugepaged/max_ptes_swap", swap ? swap : "64") &&
                write_text("khugepaged/max_ptes_shared", shared ? shared : "256") && write_text("khugepaged/pages_to_scan", "1000000");
    // Writing it wakes khugepaged. It may be in the middle of a pass, and a file that has become huge is mapped anew in the next one.
    done = done && write_text("khugepaged/scan_sleep_millisecs", "1");
    bool scanned = !done || wait_for_passes(3);
    // It makes one more pass for this, and sleeps then.
    done = done && write_text("khugepaged/scan_sleep_millisecs", "3600000");
    scanned = scanned && (!done || wait_for_passes(1));
    say("%s", !done ? "unsupported: " SETTINGS : scanned ? "ok" : "unsupported: a khugepaged that scans");
}
