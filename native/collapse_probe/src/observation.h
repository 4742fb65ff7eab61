// Observations of a process's own memory. Each function adds one to the answer.
#pragma once

#include "answer.h"

// The page table, as /proc/self/pagemap shows it.
void show_table(struct range range);

// The 2 MiB ranges that a PMD maps.
void show_huge(struct range range);

// The 2 MiB ranges whose pages are one huge page, mapped by a PMD or by PTEs; with a file (-1: none), those in its page cache.
void show_folios(struct range range, int file);

// The mappings.
void show_areas(void);
