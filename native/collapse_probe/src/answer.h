// The answer to an operation, and the ranges in operations.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { PAGE_BYTES = 4096, HUGE_PAGES = 512, MOST_PAGES = 4096, MOST_ANSWER = 8192 };

struct range {
    char *start;
    size_t length;
    long first, count;
};

// Page 0.
extern char *const memory;

extern char answer[MOST_ANSWER];

// Appends to the answer.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// "ok", or the name of errno.
void say_result(bool succeeded);

// Adds a run such as "3 present" to a list.
void say_run(int run, const char *name);

// Parses "FIRST+COUNT" in pages; reports an error in the answer.
struct range range_of(const char *word);
