#define _GNU_SOURCE
#include "trace.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"

// A separate tracing instance, so that this and other users of tracing do not disturb each other.
static char instance[64];

static bool write_text(const char *file, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", instance, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return written;
}

bool start_trace(void) {
    // If tracefs is not mounted, mount it in a mount namespace that ends with this process.
    if (access(TRACEFS "/instances", W_OK) != 0 && (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
                                                    mount("none", TRACEFS, "tracefs", 0, NULL) != 0))
        return false;
    char pid[16];
    snprintf(pid, sizeof pid, "%d", getpid());
    snprintf(instance, sizeof instance, TRACEFS "/instances/collapse_probe.%s", pid);
    if (mkdir(instance, 0700) != 0) {
        *instance = 0;
        return false;
    }
    bool on = write_text("set_event_pid", pid) && write_text("events/huge_memory/enable", "1");
    if (!on)
        stop_trace(NULL, 0);
    return on;
}

static bool is_fixed(const char *field) {
    static const char *const names[] = {"mm=", "scan_pfn=", "hpage_pfn=", "addr=", "index=", "filename=", "is_shmem="};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(field, names[i], strlen(names[i])))
            return false;
    return true;
}

// "  task-1 [000] ..... 1.0: event: a=1, b=2" becomes "event(a=1, b=2)".
static void append_event(char *line, char *account, size_t size) {
    char *event = strstr(line, ": mm_");
    char *fields = event ? strstr(event + 2, ": ") : NULL;
    if (*line == '#' || !fields)
        return;
    *fields = 0;
    fields[strcspn(fields + 2, "\n") + 2] = 0;
    size_t used = strlen(account);
    used += (size_t)snprintf(account + used, size - used, "%s%s(", used ? "; " : "", event + 2);
    bool first = true;
    for (char *rest = fields + 2, *field; used < size && (field = strsep(&rest, ","));) {
        field += strspn(field, " ");
        if (is_fixed(field))
            used += (size_t)snprintf(account + used, size - used, "%s%s", first ? "" : ", ", field), first = false;
    }
    if (used < size)
        snprintf(account + used, size - used, ")");
}

void stop_trace(char *account, size_t size) {
    if (!*instance)
        return;
    write_text("events/huge_memory/enable", "0");
    char path[128], line[1024];
    snprintf(path, sizeof path, "%s/trace", instance);
    FILE *trace = account ? fopen(path, "r") : NULL;
    while (trace && fgets(line, sizeof line, trace))
        append_event(line, account, size);
    if (trace)
        fclose(trace);
    rmdir(instance);
    *instance = 0;
}
