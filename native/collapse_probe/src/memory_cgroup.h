// A memory cgroup of the process's own, version 1 or 2, that can run out of room.
#pragma once

void enter_memory_cgroup(void);

// From now on a huge page is too much; page tables still fit.
void leave_no_room_in_memory_cgroup(void);

void leave_room_in_memory_cgroup(void);

// Back to where there is no limit, and the group is gone. Does nothing outside.
void leave_memory_cgroup(void);
