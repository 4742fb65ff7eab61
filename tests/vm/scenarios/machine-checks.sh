# Machine checks that QEMU raises: a program beside it does so when the guest asks, and stops the guest at the load that is to be struck.
# The CPU is one on which the kernel recovers from them.
architectures=x86-64
[ "$architecture" != x86-64 ] || dotnet build -c Release -v quiet --nologo -clp:NoSummary "$vm/Injector" || fail "the injector of machine checks cannot be built"
commands=("/aot/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}" "/jit/CopyMc.Guest	--machine-checks${filter:+	--filter	$filter}")
options=(-cpu "max,vendor=GenuineIntel,family=6,model=85,stepping=7"
    -chardev "socket,id=control,path=$work/control,server=on,wait=on" -serial chardev:control
    -monitor "unix:$work/monitor,server=on,wait=off" -gdb "unix:$work/debugger,server=on,wait=off")
beside() { dotnet "$vm/Injector/bin/Release/net10.0/CopyMc.Injector.dll" "$work"; }
