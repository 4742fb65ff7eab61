// What a process sees of its own memory. Each puts it into the answer.
#pragma once

#include "answer.h"

// The page table, as /proc/self/pagemap has it.
void show_table(struct range range);

// The 2 MiB ranges that a PMD maps.
void show_huge(struct range range);

// The 2 MiB ranges whose pages are one huge page, however mapped; of a file (-1: none), in the page cache.
void show_folios(struct range range, int file);

// The mappings.
void show_areas(void);
