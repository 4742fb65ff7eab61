# A machine check in the kernel's own copy of a collapse, on a kernel that recovers from it (6.4 and later).
architectures=x86-64
commands=("/aot/CopyMc.Guest	--collapses${filter:+	--filter	$filter}")
. "$vm/lib/injector.sh"
