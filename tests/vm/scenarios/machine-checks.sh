# Machine checks that QEMU raises: a program beside it does so when the guest asks, and stops the guest at the load that is to be struck.
# The CPU is one on which the kernel recovers from them.
architectures=x86-64
commands=("/aot/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}" "/jit/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}")
options=(-cpu "max,vendor=GenuineIntel,family=6,model=85,stepping=7"
    -chardev "socket,id=control,path=$work/control,server=on,wait=on" -serial chardev:control
    -monitor "unix:$work/monitor,server=on,wait=off" -gdb "unix:$work/debugger,server=on,wait=off")
beside=(dotnet "$work/injector/CopyMc.Injector.dll" "$work")
