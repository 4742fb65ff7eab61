/* Tests the reader of profiles: what it takes, and what it says of each way in which a profile can be wrong. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "tuning.h"

#ifdef __x86_64__
#define KERNEL "native-sse2"
#else
#define KERNEL "native-neon"
#endif

static const struct mce_identity cpu = {MCE_AMD, 25, 1};

static const char *const lines[] = {
    "copymc-tuning 1",
    "cpu AMD 25 1",
    "kernel " KERNEL,
    "streaming_kernel " KERNEL "-streaming",
    "string_copy_above 16384",
    "string_copy_distance 4095",
    "loop_in_halves 0",
    "streaming_form 1",
    "streams_hinted_from 131072",
    "streams_from never",
};

enum { LINES = sizeof lines / sizeof *lines };

static char directory[] = "/tmp/copymc-profiles-XXXXXX";

static bool reads(const char *text, size_t length, struct mce_tuning *tuning, char problem[512]) {
    char path[64];
    snprintf(path, sizeof path, "%s/profile", directory);
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    CHECK(file >= 0 && write(file, text, length) == (ssize_t)length, "write");
    close(file);
    *problem = 0;
    bool is_read = mce_read_profile(path, cpu, tuning, problem, 512);
    unlink(path);
    return is_read;
}

/* The profile with another text for one line; null leaves the line out. */
static bool with_line(int at, const char *line, char problem[512]) {
    char text[2048] = "";
    struct mce_tuning tuning;
    for (int i = 0; i < LINES; i++) {
        const char *written = i == at ? line : lines[i];
        if (written)
            strcat(strcat(text, written), "\n");
    }
    return reads(text, strlen(text), &tuning, problem);
}

static void is_refused(int at, const char *line, const char *because) {
    char problem[512], place[32];
    snprintf(place, sizeof place, ", line %d: ", at + 1);
    CHECK(!with_line(at, line, problem), "%s: is taken", line);
    CHECK(strstr(problem, because) && strstr(problem, place), "%s: %s", line, problem);
}

void tuning_profile(void) {
    char problem[512];
    struct mce_tuning tuning;
    CHECK(mkdtemp(directory) != NULL, "mkdtemp");
    CHECK(with_line(-1, NULL, problem), "a whole profile: %s", problem);
    for (int i = 0; i < LINES; i++) {
        char key[64], text[128];
        snprintf(key, sizeof key, "%.*s", (int)strcspn(lines[i], " "), lines[i]);
        CHECK(!with_line(i, NULL, problem), "without %s", key);
        CHECK(i == 0 ? strstr(problem, "does not begin with 'copymc-tuning'") != NULL
                     : strstr(problem, key) && strstr(problem, "is missing"),
              "without %s: %s", key, problem);
        is_refused(i, key, "");
        snprintf(text, sizeof text, "%s nonsense", key);
        is_refused(i, text, "nonsense");
        snprintf(text, sizeof text, "%s\n%s", lines[i], lines[i]);
        CHECK(!with_line(i, text, problem) && strstr(problem, "is there twice"), "twice %s: %s", key, problem);
        snprintf(text, sizeof text, "# a comment\n\n\t%s \t # and another", lines[i]);
        CHECK(with_line(i, text, problem), "%s: %s", text, problem);
    }
    is_refused(0, "copymc-tuning 2", "its version is 2; this library reads version 1");
    is_refused(1, "cpu AMD 25 2", "it is for the CPU AMD 25 2, and this one is AMD 25 1");
    is_refused(1, "cpu Intel 25 1", "this one is AMD 25 1");
    is_refused(1, "cpu AMD 26 1", "this one is AMD 25 1");
    is_refused(1, "cpu AMD 25 1 7", "is no CPU");
    is_refused(2, "kernel " KERNEL "-streaming", "cannot run here");
    is_refused(3, "streaming_kernel " KERNEL, "cannot run here");
    is_refused(2, "kernel native-avx9000", "the kernel 'native-avx9000' cannot run here");
    is_refused(4, "string_copy_above -1", "is neither a number of bytes nor 'never'");
    is_refused(4, "string_copy_above 99999999999999999999999", "is neither a number of bytes nor 'never'");
    is_refused(4, "string_copy_above 16384 bytes", "is neither a number of bytes nor 'never'");
    is_refused(5, "string_copy_distance 64", "is neither 63 nor 4095");
    is_refused(6, "loop_in_halves 2", "is no number from 0 to 1");
    is_refused(7, "streaming_form 2", "is no number from 0 to 1");
    is_refused(8, "colour blue", "unknown key 'colour'");

    char large[5000];
    memset(large, '#', sizeof large);
    CHECK(!reads("", 0, &tuning, problem) && strstr(problem, "is missing"), "an empty file: %s", problem);
    CHECK(!reads(large, sizeof large, &tuning, problem) && strstr(problem, "longer than 4096"), "a large file: %s", problem);
    CHECK(!reads("copymc-tuning 1\0", 16, &tuning, problem) && strstr(problem, "byte 0"), "a binary file: %s", problem);
    CHECK(!mce_read_profile(directory, cpu, &tuning, problem, sizeof problem) && strstr(problem, "it is not a file"), "a directory: %s",
          problem);
    char fifo[64];
    snprintf(fifo, sizeof fifo, "%s/fifo", directory);
    CHECK(mkfifo(fifo, 0600) == 0 && !mce_read_profile(fifo, cpu, &tuning, problem, sizeof problem) && strstr(problem, "it is not a file"),
          "a pipe: %s", problem);
    unlink(fifo);
    rmdir(directory);
}
