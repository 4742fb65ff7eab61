/*
 * Reads a profile: a text of lines "key value", each key once, "#" before a comment. `copymc tune` writes it.
 *
 *   copymc-tuning 1                  first; the version of the format
 *   cpu AMD 25 1
 *   kernel native-avx2-erms
 *   streaming_kernel native-avx2-streaming
 *   string_copy_above 16384          bytes, or "never"
 *   string_copy_distance 63
 *   loop_in_halves 0
 *   streaming_form 1
 *   streams_hinted_from 131072       bytes, or "never"
 *   streams_from never               bytes, or "never"
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checked_copy.h"
#include "tuning.h"

enum { VERSION = 1, LONGEST = 4096 };

struct reading {
    struct mce_identity cpu;
    struct mce_tuning *tuning;
    char *problem;
    size_t size;
    const char *path;
    int line;
};

__attribute__((format(printf, 2, 3))) static bool fails(const struct reading *reading, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (reading->line)
        snprintf(reading->problem, reading->size, "%s, line %d: %s", reading->path, reading->line, text);
    else
        snprintf(reading->problem, reading->size, "%s: %s", reading->path, text);
    return false;
}

/* A regular file, so that a pipe or a device does not stop the program that loads the library. */
static bool read_whole(const struct reading *reading, char text[LONGEST + 1]) {
    int file = open(reading->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return fails(reading, "%s", strerror(errno));
    struct stat status;
    if (fstat(file, &status) == 0 && !S_ISREG(status.st_mode)) {
        close(file);
        return fails(reading, "it is not a file");
    }
    ssize_t length = 0, more;
    while (length <= LONGEST && (more = read(file, text + length, (size_t)(LONGEST + 1 - length))) > 0)
        length += more;
    int error = errno;
    close(file);
    if (length > LONGEST)
        return fails(reading, "it is longer than %d bytes, so it is no profile", LONGEST);
    if (more < 0)
        return fails(reading, "%s", strerror(error));
    text[length] = 0;
    if ((ssize_t)strlen(text) != length)
        return fails(reading, "it has a byte 0, so it is no profile");
    return true;
}

static bool parse(const char *value, uint64_t most, uint64_t *result) {
    char *end;
    errno = 0;
    unsigned long long read = strtoull(value, &end, 10);
    *result = read;
    return *value >= '0' && *value <= '9' && !*end && !errno && read <= most;
}

static bool number(const struct reading *reading, const char *value, uint64_t most, uint64_t *result) {
    return parse(value, most, result) || fails(reading, "'%.40s' is no number from 0 to %llu", value, (unsigned long long)most);
}

static bool bytes(const struct reading *reading, const char *value, size_t *result) {
    uint64_t read = SIZE_MAX;
    if (strcmp(value, "never") && !parse(value, SIZE_MAX, &read))
        return fails(reading, "'%.40s' is neither a number of bytes nor 'never'", value);
    *result = (size_t)read;
    return true;
}

static bool flag(const struct reading *reading, const char *value, uint32_t *result) {
    uint64_t read;
    if (!number(reading, value, 1, &read))
        return false;
    *result = (uint32_t)read;
    return true;
}

static bool set_version(const struct reading *reading, const char *value) {
    uint64_t version;
    if (!number(reading, value, UINT32_MAX, &version))
        return false;
    return version == VERSION || fails(reading, "its version is %s; this library reads version %d", value, VERSION);
}

static bool set_cpu(const struct reading *reading, const char *value) {
    struct mce_identity cpu;
    if (!mce_identity_from(value, &cpu))
        return fails(reading, "'%.40s' is no CPU", value);
    char here[32];
    mce_identity_to(reading->cpu, here);
    bool is_this = cpu.vendor == reading->cpu.vendor && cpu.family == reading->cpu.family && cpu.model == reading->cpu.model;
    return is_this || fails(reading, "it is for the CPU %.40s, and this one is %s", value, here);
}

static bool kernel_name(const struct reading *reading, const char *value, bool streams, char result[32]) {
    if (!mce_kernel_runs(value, streams))
        return fails(reading, "the %s '%.40s' cannot run here", streams ? "streaming kernel" : "kernel", value);
    snprintf(result, 32, "%s", value);
    return true;
}

static bool set_kernel(const struct reading *reading, const char *value) {
    return kernel_name(reading, value, false, reading->tuning->kernel);
}

static bool set_streaming_kernel(const struct reading *reading, const char *value) {
    return kernel_name(reading, value, true, reading->tuning->streaming_kernel);
}

static bool set_string_copy_above(const struct reading *reading, const char *value) {
    return bytes(reading, value, &reading->tuning->string_copy_above);
}

static bool set_string_copy_distance(const struct reading *reading, const char *value) {
    reading->tuning->string_copy_distance = !strcmp(value, "63") ? 63 : 4095;
    return !strcmp(value, "63") || !strcmp(value, "4095") || fails(reading, "'%.40s' is neither 63 nor 4095", value);
}

static bool set_loop_in_halves(const struct reading *reading, const char *value) {
    return flag(reading, value, &reading->tuning->loop_in_halves);
}

static bool set_streaming_form(const struct reading *reading, const char *value) {
    return flag(reading, value, &reading->tuning->streaming_form);
}

static bool set_streams_hinted_from(const struct reading *reading, const char *value) {
    return bytes(reading, value, &reading->tuning->streams_hinted_from);
}

static bool set_streams_from(const struct reading *reading, const char *value) {
    return bytes(reading, value, &reading->tuning->streams_from);
}

static const struct {
    const char *name;
    bool (*set)(const struct reading *reading, const char *value);
} keys[] = {
    {"copymc-tuning", set_version},
    {"cpu", set_cpu},
    {"kernel", set_kernel},
    {"streaming_kernel", set_streaming_kernel},
    {"string_copy_above", set_string_copy_above},
    {"string_copy_distance", set_string_copy_distance},
    {"loop_in_halves", set_loop_in_halves},
    {"streaming_form", set_streaming_form},
    {"streams_hinted_from", set_streams_hinted_from},
    {"streams_from", set_streams_from},
};

enum { KEYS = sizeof keys / sizeof *keys };

static bool set(const struct reading *reading, const char *key, const char *value, bool seen[KEYS]) {
    for (int i = 0; i < KEYS; i++) {
        if (strcmp(key, keys[i].name))
            continue;
        if (!seen[0] && i != 0)
            break;
        if (seen[i])
            return fails(reading, "'%s' is there twice", key);
        seen[i] = true;
        return keys[i].set(reading, value);
    }
    return seen[0] ? fails(reading, "unknown key '%.40s'", key)
                   : fails(reading, "it does not begin with 'copymc-tuning', so it is no profile");
}

bool mce_read_profile(const char *path, struct mce_identity cpu, struct mce_tuning *tuning, char *problem, size_t size) {
    struct reading reading = {.cpu = cpu, .tuning = tuning, .problem = problem, .size = size, .path = path};
    char text[LONGEST + 1];
    bool seen[KEYS] = {false};
    *tuning = (struct mce_tuning){0};
    if (!read_whole(&reading, text))
        return false;
    for (char *line = text; line;) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        reading.line++;
        line += strspn(line, " \t\r");
        size_t key = strcspn(line, " \t\r"), end = strcspn(line, "#");
        if (end != 0 && *line) {
            line[end] = 0;
            while (end && strchr(" \t\r", line[end - 1]))
                line[--end] = 0;
            char *value = key < end ? line + key : line + end;
            if (*value)
                *value++ = 0;
            value += strspn(value, " \t");
            if (!set(&reading, line, value, seen))
                return false;
        }
        line = next;
    }
    reading.line = 0;
    for (int i = 0; i < KEYS; i++) {
        if (!seen[i])
            return fails(&reading, "'%s' is missing", keys[i].name);
    }
    return true;
}
