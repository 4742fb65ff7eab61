# Machine checks that QEMU raises in copies by CopyMc, and in MADV_COLLAPSE of anonymous memory.
architectures=x86-64
commands=("/aot/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}" "/jit/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}")
. "$vm/lib/injector.sh"
