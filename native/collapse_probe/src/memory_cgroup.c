#define _GNU_SOURCE
#include "memory_cgroup.h"

#include "subject.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct version {
    const char *root, *limit, *usage, *no_limit, *no_swap;
};

static const struct version VERSIONS[] = {
    {"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "-1", "memory.swappiness"},
    {"/sys/fs/cgroup", "memory.max", "memory.current", "max", "memory.swap.max"},
};

enum { ROOM = HUGE_PAGE / 2 };

static const struct version *version;
static char group[128];
static pid_t owner;

static bool write_text(const char *directory, const char *file, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, file);
    FILE *stream = fopen(path, "w");
    if (!stream)
        return false;
    bool written = fputs(text, stream) >= 0;
    return fclose(stream) == 0 && written;
}

void enter_memory_cgroup(void) {
    for (size_t i = 0; i < sizeof VERSIONS / sizeof *VERSIONS; i++) {
        char path[256];
        snprintf(group, sizeof group, "%s/collapse_probe.%d", VERSIONS[i].root, getpid());
        if (mkdir(group, 0700) != 0)
            continue;
        version = &VERSIONS[i];
        owner = getpid();
        snprintf(path, sizeof path, "%s/%s", group, version->limit);
        if (access(path, W_OK) == 0 && write_text(group, "cgroup.procs", "0")) {
            write_text(group, version->no_swap, "0"); // swapping must not make room; without swap the file does not exist
            return;
        }
        leave_memory_cgroup();
    }
    unsupported("there is no memory cgroup to be had: %s", strerror(errno));
}

void leave_no_room_in_memory_cgroup(void) {
    char path[256], limit[32];
    snprintf(path, sizeof path, "%s/%s", group, version->usage);
    FILE *stream = fopen(path, "r");
    long long usage;
    bool read = stream && fscanf(stream, "%lld", &usage) == 1;
    if (stream)
        fclose(stream);
    snprintf(limit, sizeof limit, "%lld", read ? usage + ROOM : 0);
    if (!read || !write_text(group, version->limit, limit))
        unsupported("the memory cgroup takes no limit: %s", strerror(errno));
}

void leave_room_in_memory_cgroup(void) { write_text(group, version->limit, version->no_limit); }

void leave_memory_cgroup(void) {
    if (owner != getpid())
        return;
    owner = 0;
    leave_room_in_memory_cgroup();
    write_text(version->root, "cgroup.procs", "0");
    rmdir(group);
}
