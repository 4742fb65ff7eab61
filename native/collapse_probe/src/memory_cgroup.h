// A memory cgroup for the processes of one situation, version 1 or 2.
#pragma once

// Executes a command and reports the result in the answer: "enter" moves the process into the cgroup, "no_room" sets a limit that is too
// low for a huge page but not for page tables, and "room" removes it.
void use_memory_cgroup(const char *command);

// Removes the cgroup of processes that have ended.
void remove_memory_cgroup(void);
