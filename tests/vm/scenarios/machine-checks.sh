# Machine checks that QEMU raises, in copies of ours and in one of the kernel's.
architectures=x86-64
commands=("/aot/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}" "/jit/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}")
. "$vm/lib/injector.sh"
