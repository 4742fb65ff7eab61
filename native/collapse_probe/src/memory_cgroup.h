// A memory cgroup for the processes of one situation, version 1 or 2.
#pragma once

// What it does is one word, and the answer says what came of it: "enter" it, leave "no_room" for a huge page (page tables have room), or
// "room".
void use_memory_cgroup(const char *what);

// Removes what the processes that ended have left.
void remove_memory_cgroup(void);
