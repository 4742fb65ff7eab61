#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const MEMORIES[] = {"anonymous", "shared", "private", "disk", "readOnlyDisk", "hugetlb", "secret", NULL};
static const char *const PAGES[] = {"absent",     "present",      "cached",   "zeroPage",       "dropped",    "lazyfree",
                                    "swapped",    "poisoned",     "guarded",  "writeProtected", "punched",    "hugeMapped",
                                    "hugeCached", "hugeZeroPage", "compound", "compoundHead",   "hwPoisoned", NULL};
static const char *const ADVICES[] = {"none", "huge", "noHuge", NULL};
static const char *const PROTECTIONS[] = {"readWrite", "readOnly", "none", NULL};
static const char *const REGISTRATIONS[] = {"none", "missing", "writeProtect", NULL};
static const char *const FORKS[] = {"none", "parent", "child", NULL};
static const char *const SWITCHES[] = {"false", "true", NULL};

static _Noreturn void refuse(const char *argument) {
    fprintf(stderr, "collapse_probe: cannot read '%s'\n", argument);
    exit(2);
}

static int word(const char *argument, const char *value, const char *const *words) {
    for (int i = 0; words[i]; i++)
        if (!strcmp(value, words[i]))
            return i;
    refuse(argument);
}

static struct run run(const char *argument, const char *value, const char **rest) {
    char *end;
    long first = strtol(value, &end, 10);
    if (end == value || *end != '+')
        refuse(argument);
    long count = strtol(value = end + 1, &end, 10);
    if (end == value || first < 0 || count < 0 || first + count > MOST_PAGES || (!rest && *end))
        refuse(argument);
    if (rest)
        *rest = end;
    return (struct run){(int)first, (int)count};
}

static int number(const char *argument, const char *value) {
    char *end;
    long parsed = strtol(value, &end, 10);
    if (end == value || *end || parsed < 0 || parsed > MOST_PAGES)
        refuse(argument);
    return (int)parsed;
}

static void set_pages(const char *argument, const char *value, struct state *state) {
    const char *rest;
    struct run pages = run(argument, value, &rest);
    if (*rest != ':')
        refuse(argument);
    memset(state->pages + pages.first, word(argument, rest + 1, PAGES), (size_t)pages.count);
}

void parse_state(int count, char **arguments, struct state *state) {
    *state = (struct state){.mapping = {0, HUGE_PAGE_PAGES}, .call = {0, HUGE_PAGE_PAGES}, .file_pages = -1};
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i], *value = strchr(argument, '=');
        if (!value)
            refuse(argument);
        size_t length = (size_t)(value++ - argument);
#define KEY(name) (length == sizeof name - 1 && !strncmp(argument, name, length))
        if (KEY("memory"))
            state->memory = word(argument, value, MEMORIES);
        else if (KEY("mapping"))
            state->mapping = run(argument, value, NULL);
        else if (KEY("call"))
            state->call = run(argument, value, NULL);
        else if (KEY("gap"))
            state->gap = run(argument, value, NULL);
        else if (KEY("rewritten"))
            state->rewritten = run(argument, value, NULL);
        else if (KEY("pinned"))
            state->pinned = run(argument, value, NULL);
        else if (KEY("alsoMapped"))
            state->also_mapped = run(argument, value, NULL);
        else if (KEY("locked"))
            state->locked = run(argument, value, NULL);
        else if (KEY("fileOffset"))
            state->file_offset = number(argument, value);
        else if (KEY("filePages"))
            state->file_pages = number(argument, value);
        else if (KEY("advice"))
            state->advice = word(argument, value, ADVICES);
        else if (KEY("protection"))
            state->protection = word(argument, value, PROTECTIONS);
        else if (KEY("userfaultfd"))
            state->registration = word(argument, value, REGISTRATIONS);
        else if (KEY("fork"))
            state->fork = word(argument, value, FORKS);
        else if (KEY("thpDisabled"))
            state->thp_disabled = word(argument, value, SWITCHES);
        else if (KEY("chargeDenied"))
            state->charge_denied = word(argument, value, SWITCHES);
        else if (KEY("trace"))
            state->traced = word(argument, value, SWITCHES);
        else if (KEY("pages"))
            set_pages(argument, value, state);
        else
            refuse(argument);
#undef KEY
    }
}

bool has_page(const struct state *state, enum page_state page) { return memchr(state->pages, page, MOST_PAGES) != NULL; }

void fill_pattern(unsigned long *words, int page, int generation) {
    for (unsigned long i = 0; i < PAGE / sizeof *words; i++)
        words[i] =
            ((unsigned long)page + 1) * 0x9E3779B97F4A7C15 ^ (i + 1) * 0xC2B2AE3D27D4EB4F ^ (unsigned long)generation * 0x165667B19E3779F9;
}
