/* Runs the vectors that every implementation of poison maps must pass: tests/Contract/Maps/poison-maps.vectors describes their language. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "test.h"

enum { LENGTH = 8 << 20, MAPS = 26, CANARY = 0xEE };

static unsigned char *memory, *destination;
static mce_map_t maps[MAPS];
static bool live[MAPS];
static char where[300];

static uintptr_t number(const char *word) { return strtoull(word, NULL, 16); }

static const void *address(const char *word) {
    if (!strcmp(word, "null"))
        return NULL;
    return !strcmp(word, "last") ? (void *)UINTPTR_MAX : memory + number(word);
}

static int error_named(const char *name) {
    if (!name)
        return 0;
    return !strcmp(name, "destroyed") ? EBADF : !strcmp(name, "outside") ? ERANGE : EINVAL;
}

static void expect(uintptr_t seen, const char *expected) { CHECK(expected && seen == number(expected), "%s: %zx", where, (size_t)seen); }

static void copy(uintptr_t from, size_t n, const char *expected) {
    for (size_t i = 0; i < kernel_count; i++) {
        if (!kernels[i].is_checked || kernels[i].needs & ~mce_cpu_features())
            continue;
        memset(destination, CANARY, n + 64);
        struct mce_fault fault;
        size_t remaining = kernels[i].copy(destination + 64, memory + from, n, &fault), copied = n - remaining;
        CHECK(remaining == number(expected), "%s, %s: %zx", where, kernels[i].name, remaining);
        CHECK(!memcmp(destination + 64, memory + from, copied), "%s, %s: the prefix differs", where, kernels[i].name);
        CHECK(all(destination, 64, CANARY) && all(destination + 64 + copied, remaining, CANARY), "%s, %s: bytes were written beyond", where,
              kernels[i].name);
        CHECK(remaining == 0 || (fault.kind == MCE_KNOWN_POISON && fault.side == MCE_SOURCE && fault.extent == 64 &&
                                 fault.address == ((uintptr_t)memory + from + copied) / 64 * 64 && fault.remaining == remaining &&
                                 fault.signal == 0 && fault.written_beyond == 0),
              "%s, %s: the fault differs", where, kernels[i].name);
    }
}

static void end_case(void) {
    for (int i = 0; i < MAPS; i++) {
        if (live[i])
            CHECK(mce_map_destroy(maps[i]) == 0, "%s: destroy", where);
        live[i] = false;
    }
    CHECK(mce_gate_of_process()->poisoned_lines == 0, "after %s %ld lines are counted", where, (long)mce_gate_of_process()->poisoned_lines);
}

/* words: the operation and its operands; expected: after =, or null; failure: after !, or null. */
static void run(char **words, const char *expected, const char *failure) {
    const char *operation = words[0];
    if (!strcmp(operation, "total")) {
        expect((uintptr_t)mce_gate_of_process()->poisoned_lines, words[1]);
    } else if (!strcmp(operation, "everywhere")) {
        mce_mark_everywhere((uintptr_t)address(words[1]), number(words[2]));
    } else if (!strcmp(operation, "clean")) {
        uintptr_t start = (uintptr_t)address(words[1]);
        expect(mce_first_poisoned(start, start + number(words[2])) - start, expected);
    } else if (!strcmp(operation, "copy")) {
        copy(number(words[1]), number(words[2]), expected);
    } else {
        int map = words[1][0] - 'a', error;
        size_t first = 0;
        uint64_t lines = 0;
        if (!strcmp(operation, "map"))
            live[map] = (error = mce_map_create(address(words[2]), number(words[3]), &maps[map])) == 0;
        else if (!strcmp(operation, "destroy"))
            live[map] = (error = mce_map_destroy(maps[map])) != 0;
        else if (!strcmp(operation, "mark"))
            error = mce_map_mark(maps[map], number(words[2]), number(words[3]));
        else if (!strcmp(operation, "clear"))
            error = mce_map_clear(maps[map], number(words[2]), number(words[3]));
        else if (!strcmp(operation, "count"))
            error = mce_map_count(maps[map], &lines);
        else if (!strcmp(operation, "first"))
            error = mce_map_first(maps[map], number(words[2]), number(words[3]), &first);
        else
            error = -1;
        CHECK(error == error_named(failure), "%s: error %d", where, error);
        if (expected)
            expect(!strcmp(operation, "count") ? lines : first, expected);
    }
}

void vectors(const char *path) {
    FILE *file = fopen(path, "r");
    CHECK(file, "%s cannot be read", path);
    if (!file)
        return;
    unsigned char *twice = anonymous(2 * LENGTH);
    memory = (unsigned char *)(((uintptr_t)twice + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
    destination = anonymous(LENGTH + 4096);
    for (size_t i = 0; i < LENGTH; i++)
        memory[i] = (unsigned char)(i * 131 + (i >> 8) + 1);

    char line[200], name[100] = "";
    int count = 0, cases = 0;
    while (fgets(line, sizeof line, file)) {
        count++;
        if (line[0] == '[') {
            end_case();
            snprintf(name, sizeof name, "%.*s", (int)strcspn(line + 1, "]"), line + 1);
            cases++;
            continue;
        }
        snprintf(where, sizeof where, "%s, line %d: %.*s", name, count, (int)strcspn(line, "\n"), line);
        char *words[8] = {0}, *expected = NULL, *failure = NULL;
        int used = 0;
        for (char *word = strtok(line, " \n"); word && word[0] != '#' && used < 7; word = strtok(NULL, " \n")) {
            if (!strcmp(word, "="))
                expected = strtok(NULL, " \n");
            else if (!strcmp(word, "!"))
                failure = strtok(NULL, " \n");
            else
                words[used++] = word;
        }
        if (used > 0)
            run(words, expected, failure);
    }
    end_case();
    CHECK(cases > 20, "%d cases in %s", cases, path);
    fclose(file);
    munmap(twice, 2 * LENGTH);
    munmap(destination, LENGTH + 4096);
}
