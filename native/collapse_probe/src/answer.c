#define _GNU_SOURCE
#include "answer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char *const memory = (char *)0x10000000000;
char answer[MOST_ANSWER];

void say(const char *format, ...) {
    size_t used = strlen(answer);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(answer + used, sizeof answer - used, format, arguments);
    va_end(arguments);
}

void say_result(bool succeeded) {
    if (succeeded)
        say("ok");
    else
        say("%s", strerrorname_np(errno));
}

void say_run(int run, const char *name) { say("%s%d %s", *answer ? ", " : "", run, name); }

struct range range_of(const char *word) {
    long first = 0, count = 0;
    if (!word || sscanf(word, "%ld+%ld", &first, &count) != 2)
        say("cannot read range '%s'", word ? word : "");
    return (struct range){memory + first * PAGE_BYTES, (size_t)count * PAGE_BYTES, first, count};
}
