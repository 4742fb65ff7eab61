/* Tests how the entry of a CPU and its caches, or a profile, become the values that the kernels read. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static void sizes_come_from_the_caches(void) {
    const struct mce_caches caches = {.first = 32 << 10, .second = 1 << 20, .last = 32 << 20};
    const struct mce_cpu_entry *zen4 = mce_entry_of((struct mce_identity){MCE_AMD, 0x19, 0x11});
    struct mce_tuning tuning = mce_tuning_of(zen4, caches, true);
    CHECK(tuning.string_copy_above == 16 << 10, "half of the first-level cache: %zu", tuning.string_copy_above);
    CHECK(tuning.streams_hinted_from == (1 << 20) / 4 * zen4->hinted_quarters, "quarters of the second-level cache");
    CHECK(tuning.streams_from == 24 << 20, "three quarters of the last-level cache: %zu", tuning.streams_from);
    CHECK(tuning.loop_in_halves == 1 && tuning.streaming_form == MCE_STREAMS_PREFETCHING, "the forms of the entry");
    tuning = mce_tuning_of(zen4, (struct mce_caches){0}, true);
    CHECK(tuning.string_copy_above == 16 << 10 && tuning.streams_hinted_from == 128 << 10 && tuning.streams_from == SIZE_MAX,
          "caches that are not known");

    const struct mce_cpu_entry *zen5 = mce_entry_of((struct mce_identity){MCE_AMD, 0x1a, 0x02});
    CHECK(mce_tuning_of(zen5, caches, true).string_copy_above == 1024, "a length of its own");
    CHECK(mce_tuning_of(zen5, caches, true).streams_from == SIZE_MAX, "rep movsb instead of streaming");
    CHECK(mce_tuning_of(zen5, caches, false).streams_from == 24 << 20, "streaming, because a hypervisor hides rep movsb");
    const struct mce_cpu_entry *arm = mce_entry_of((struct mce_identity){MCE_ARM, 0x41, 0xd4f});
    CHECK(mce_tuning_of(arm, caches, false).streams_from == SIZE_MAX, "arm64 never streams without the hint");

    /* Kernels are called with at most a block of 2 MiB, so a larger value would mean never. */
    const struct mce_caches large = {.second = 4 << 20};
    CHECK(mce_tuning_of(mce_entry_of((struct mce_identity){MCE_INTEL, 6, 0xcf}), large, true).streams_hinted_from == 2 << 20,
          "no more than a block");
}

#if defined(__x86_64__) && defined(_SC_LEVEL1_DCACHE_SIZE)
/* Hypervisors may hide them, and an L3 cache may be missing. */
static void caches_are_those_of_the_core(void) {
    const struct mce_caches caches = mce_caches_of_core();
    const long first = sysconf(_SC_LEVEL1_DCACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
    CHECK((first <= 0 || caches.first != 0) && (second <= 0 || caches.second > caches.first), "%zu and %zu bytes", caches.first,
          caches.second);
    CHECK(caches.last == 0 || caches.last >= caches.second, "the last one has %zu bytes, the second %zu", caches.last, caches.second);
}
#endif

static void other_values_are_refused(void) {
    struct mce_tuning here, tuning, after;
    mce_get_tuning(&here);
    tuning = here;
    tuning.string_copy_distance = 64;
    CHECK(mce_set_tuning(&tuning) == EINVAL, "a distance");
    tuning = here;
    tuning.streaming_form = MCE_STREAMS_PREFETCHING + 1;
    CHECK(mce_set_tuning(&tuning) == EINVAL, "a form");
    tuning = here;
    tuning.loop_in_halves = 2;
    CHECK(mce_set_tuning(&tuning) == EINVAL, "a flag");
    tuning = here;
    tuning.reserved = 1;
    CHECK(mce_set_tuning(&tuning) == EINVAL, "a member without a meaning");
    CHECK(mce_set_tuning(NULL) == EINVAL, "null");
    mce_get_tuning(NULL);
    mce_get_tuning(&after);
    CHECK(!memcmp(&here, &after, sizeof here), "nothing changes");
}

/* The kernel of mce_copy in the program that was started last. */
static char kernel_started[32];

/* The values of this program when it is started with these variables, and what it prints to standard error. */
static struct mce_tuning started_with(const char *variable, const char *value, char *printed, size_t size) {
    struct mce_tuning tuning = {0};
    int out[2], error[2];
    CHECK(pipe(out) == 0 && pipe(error) == 0, "pipe");
    pid_t child = fork();
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(error[1], STDERR_FILENO);
        unsetenv("COPYMC_KERNEL");
        setenv(variable, value, 1);
        execl("/proc/self/exe", "test", "tuning", NULL);
        _exit(1);
    }
    close(out[1]);
    close(error[1]);
    CHECK(read(out[0], &tuning, sizeof tuning) == sizeof tuning, "%s=%s: it ended", variable, value);
    CHECK(read(out[0], kernel_started, sizeof kernel_started) == sizeof kernel_started, "%s=%s: it names its kernel", variable, value);
    ssize_t length = 0, more;
    while ((more = read(error[0], printed + length, size - 1 - (size_t)length)) > 0)
        length += more;
    printed[length] = 0;
    close(out[0]);
    close(error[0]);
    waitpid(child, NULL, 0);
    return tuning;
}

void print_tuning(void) {
    struct mce_tuning tuning;
    mce_get_tuning(&tuning);
    mce_tuning_name();
    char kernel[sizeof kernel_started] = "";
    strncpy(kernel, mce_kernel_name(), sizeof kernel - 1);
    ssize_t written = write(STDOUT_FILENO, &tuning, sizeof tuning) + write(STDOUT_FILENO, kernel, sizeof kernel);
    (void)written;
}

static void variables_decide(void) {
    char printed[1024];
    struct mce_tuning tuning = started_with("COPYMC_CPU", "Intel 6 207", printed, sizeof printed);
#ifdef __x86_64__
    CHECK(tuning.streaming_form == MCE_STREAMS_IN_EIGHTS && tuning.string_copy_distance == 4095, "the choice of another CPU");
#endif
    CHECK(!*printed, "a CPU is no problem: %s", printed);

    struct mce_tuning here;
    mce_get_tuning(&here);
    tuning = started_with("COPYMC_TUNING", "/nonexistent/profile", printed, sizeof printed);
    CHECK(!memcmp(&tuning, &here, sizeof here), "the table's choice instead of a missing profile");
    const char *line = strstr(printed, "COPYMC_TUNING: /nonexistent/profile: No such file");
    CHECK(line && !strstr(line + 1, "COPYMC_TUNING") && strchr(printed, '\n') == printed + strlen(printed) - 1, "one line: %s", printed);

    char path[] = "/tmp/copymc-tuning-XXXXXX", text[512];
    int file = mkstemp(path);
#ifdef __x86_64__
    const char *kernel = "native-sse2";
#else
    const char *kernel = "native-neon";
#endif
    int length =
        snprintf(text, sizeof text,
                 "copymc-tuning 1\ncpu %s\nkernel %s\nstreaming_kernel %s-streaming\nstring_copy_above never\nstring_copy_distance 63\n"
                 "loop_in_halves 1\nstreaming_form 1\nstreams_hinted_from 12345\nstreams_from 67890\n",
                 mce_cpu_name(), kernel, kernel);
    CHECK(write(file, text, (size_t)length) == length, "write");
    close(file);
    tuning = started_with("COPYMC_TUNING", path, printed, sizeof printed);
    CHECK(!*printed, "a profile that fits: %s", printed);
    CHECK(tuning.streams_hinted_from == 12345 && tuning.streams_from == 67890 && tuning.string_copy_above == SIZE_MAX &&
              tuning.loop_in_halves == 1 && tuning.streaming_form == 1 && tuning.string_copy_distance == 63 &&
              !strcmp(tuning.kernel, kernel),
          "the values of a profile");
    CHECK(!strcmp(kernel_started, kernel), "the kernel of a profile, not %s", kernel_started);
    unlink(path);
}

void tuning(void) {
    sizes_come_from_the_caches();
#if defined(__x86_64__) && defined(_SC_LEVEL1_DCACHE_SIZE)
    caches_are_those_of_the_core();
#endif
    other_values_are_refused();
    /* An emulator does not start another program in itself. */
    if (!emulated)
        variables_decide();
}
