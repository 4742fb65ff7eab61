#define _GNU_SOURCE
#include "memory_cgroup.h"

#include "answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct version {
    const char *group, *limit, *usage, *no_limit, *no_swap;
} versions[] = {
    {"/sys/fs/cgroup/memory/collapse_probe", "memory.limit_in_bytes", "memory.usage_in_bytes", "-1", "memory.swappiness"},
    {"/sys/fs/cgroup/collapse_probe", "memory.max", "memory.current", "max", "memory.swap.max"},
};

static const struct version *version;

static bool write_text(const char *file, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", version->group, file);
    FILE *stream = fopen(path, "we");
    bool written = stream && fputs(text, stream) >= 0;
    return stream && fclose(stream) == 0 && written;
}

static bool enter(void) {
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        version = &versions[i];
        if ((mkdir(version->group, 0700) == 0 || errno == EEXIST) && write_text(version->limit, version->no_limit) &&
            write_text("cgroup.procs", "0")) {
            // Swapping must not free memory for the huge page. Without swap the file does not exist.
            write_text(version->no_swap, "0");
            return true;
        }
        rmdir(version->group);
    }
    version = NULL;
    return false;
}

static bool leave_no_room(void) {
    char path[256], limit[32];
    snprintf(path, sizeof path, "%s/%s", version->group, version->usage);
    FILE *stream = fopen(path, "re");
    long long usage;
    bool read = stream && fscanf(stream, "%lld", &usage) == 1;
    if (stream)
        fclose(stream);
    snprintf(limit, sizeof limit, "%lld", read ? usage + HUGE_PAGES * PAGE_BYTES / 2 : 0);
    return read && write_text(version->limit, limit);
}

void use_memory_cgroup(const char *command) {
    bool done = !strcmp(command, "enter")  ? enter()
                : !version                 ? false
                : !strcmp(command, "room") ? write_text(version->limit, version->no_limit)
                                           : leave_no_room();
    say("%s", done ? "ok" : "unsupported: a memory cgroup");
}

void remove_memory_cgroup(void) {
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        rmdir(versions[i].group);
}
