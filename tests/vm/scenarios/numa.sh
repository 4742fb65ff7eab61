# Regions of a NUMA node, and the commands of copymc bench in the memory of a node, in a guest with two nodes.
architectures=x86-64
options=(-object memory-backend-ram,size=1G,id=first -object memory-backend-ram,size=1G,id=second
    -numa node,memdev=first,cpus=0 -numa node,memdev=second,cpus=1)
bench="/copymc/copymc bench numa --smoke"
commands=(
    "/aot/CopyMc.Guest	--nodes${filter:+	--filter	$filter}"
    "/bin/busybox	sh	-c	$bench --json /tmp/all >/tmp/text && /bin/busybox cat /tmp/text && [ \$(/bin/busybox grep -c gibibytesPerSecond /tmp/all) = 4 ] && echo 'matrix: 1 passed, 0 failed, 0 skipped'"
    "/bin/busybox	sh	-c	$bench --cpu 0 --memory-node 1 --json /tmp/one >/tmp/text && /bin/busybox cat /tmp/text && /bin/busybox grep -q '\"boundToNodes\": \"1\"' /tmp/one && [ \$(/bin/busybox grep -c gibibytesPerSecond /tmp/one) = 1 ] && echo 'remote: 1 passed, 0 failed, 0 skipped'"
    "/bin/busybox	sh	-c	$bench --memory-node 2; [ \$? = 2 ] && echo 'absent: 1 passed, 0 failed, 0 skipped'"
)
