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

static char instance[64];

static bool write_text(const char *file, const char *text, int flags) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", instance, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC | flags);
    bool written = fd >= 0 && (!*text || write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    if (fd >= 0)
        close(fd);
    return written;
}

void open_trace(void) {
    // If tracefs is not mounted, mounts it in a mount namespace that ends with this program.
    if (access(TRACEFS "/instances", W_OK) != 0 && (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
                                                    mount("none", TRACEFS, "tracefs", 0, NULL) != 0))
        return;
    snprintf(instance, sizeof instance, TRACEFS "/instances/collapse_probe.%d", getpid());
    if (mkdir(instance, 0700) != 0)
        *instance = 0;
    else if (!write_text("events/huge_memory/enable", "1", 0))
        close_trace();
}

void close_trace(void) {
    if (*instance)
        rmdir(instance);
    *instance = 0;
}

void begin_trace(void) {
    if (*instance && !write_text("trace", "", O_TRUNC))
        *instance = 0;
}

void end_trace(char *results, size_t size) {
    *results = 0;
    if (!*instance) {
        snprintf(results, size, ", unknown");
        return;
    }
    char path[128], line[1024], caller[16];
    snprintf(path, sizeof path, "%s/trace", instance);
    snprintf(caller, sizeof caller, "-%d ", getpid());
    FILE *trace = fopen(path, "re");
    while (trace && fgets(line, sizeof line, trace)) {
        const char *field = strstr(line, ": mm_khugepaged_scan_pmd: ")    ? " status="
                            : strstr(line, ": mm_khugepaged_scan_file: ") ? " result="
                                                                          : NULL;
        const char *found = field && strstr(line, caller) ? strstr(line, field) : NULL;
        size_t used = strlen(results);
        if (found)
            snprintf(results + used, size - used, ", %.*s", (int)strcspn(found + strlen(field), ",\n"), found + strlen(field));
    }
    if (trace)
        fclose(trace);
}
