// The machine's settings of huge pages, and khugepaged. A situation may change them only with COPYMC_TEST_THP_SETTINGS=1.
#pragma once

#include <stdbool.h>

// Remembers the settings.
void read_thp_settings(void);

// "enabled VALUE" or "shmem VALUE": what may have huge pages (always, madvise, never; shmem also deny).
void set_thp(const char *what, const char *value);

// Has khugepaged go through all processes, with limits: pages of 512 that may be absent, in swap, or shared. A limit of NULL is the
// default.
void run_khugepaged(const char *none, const char *swap, const char *shared);

// Puts back what a situation has changed; how often khugepaged scans only at the end.
void restore_thp_settings(bool is_end);
