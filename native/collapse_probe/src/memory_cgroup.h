// A memory cgroup for this process alone, version 1 or 2, with a limit.
#pragma once

void enter_memory_cgroup(void);

// Sets a limit that a huge page exceeds and page tables do not.
void leave_no_room_in_memory_cgroup(void);

void leave_room_in_memory_cgroup(void);

// Leaves and removes the group. Does nothing outside one.
void leave_memory_cgroup(void);
