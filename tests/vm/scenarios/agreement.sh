# Runs the situations of docs/collapse-kernel.md on this kernel, and compares the model. The guest has memory for all of them, swap and memory cgroups.
commands=(
    "/bin/busybox	sh	-c	echo +memory >/sys/fs/cgroup/cgroup.subtree_control"
    "/bin/busybox	sh	-c	echo 1G >/sys/block/zram0/disksize && /bin/busybox mkswap /dev/zram0 >/dev/null && /bin/busybox swapon /dev/zram0"
    "/bin/busybox	sh	-c	/bin/collapse_probe </situations; echo '[end]'"
)
options=(-m 5G) answers=yes
report() { judge_situations; }
