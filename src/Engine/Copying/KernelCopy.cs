using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// Copies by process_vm_readv(2) on this process: where memory is lost, the kernel returns what it has copied, and raises no signal. It stops at the
/// first page that cannot be read or written (mm/process_vm_access.c).
/// </summary>
internal static unsafe class KernelCopy
{
    /// <exception cref="PlatformNotSupportedException">The system refuses the call; the message says why.</exception>
    internal static nuint Copy(byte* source, byte* destination, nuint byteCount, out CopyFault fault)
    {
        fault = default;
        nuint from = UserSpace.Untagged((nuint)source), clean = PoisonRegistry.OfProcess.FirstPoisonedAddress(from, from + byteCount) - from, done = 0;
        while (done < clean && Read(source + done, destination + done, clean - done) is > 0 and nuint read)
            done += read;
        nuint valid = PoisonRegistry.OfProcess.FirstPoisonedAddress(from, from + done) - from;
        if (valid != done || done == clean)
        {
            if (valid != byteCount)
                fault = new(CopyFaultKind.KnownPoison, CopySide.Source, (from + valid) & ~(nuint)(PoisonMap.LineSize - 1), PoisonMap.LineSize, valid != done);
            return byteCount - valid;
        }
        nuint page = PageOf(from + done);
        if (PageProbe.ReadablePages((byte*)page, 1) == 1)
        {
            fault = new(CopyFaultKind.BusError, CopySide.Destination, PageOf(UserSpace.Untagged((nuint)destination + done)), NativeRegion.PageSize);
            return byteCount - done;
        }
        PoisonRegistry.OfProcess.MarkEverywhere(page, NativeRegion.PageSize);
        fault = new(CopyFaultKind.BusError, CopySide.Source, page, NativeRegion.PageSize);
        return byteCount - done;
    }

    private static nuint PageOf(nuint address) => address & ~(nuint)(NativeRegion.PageSize - 1);

    private static nuint Read(byte* source, byte* destination, nuint byteCount)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Copying through the kernel needs Linux.");
        var local = new Libc.IoVector { Base = destination, Length = byteCount };
        var remote = new Libc.IoVector { Base = source, Length = byteCount };
        nint read = Libc.ReadMemory(Environment.ProcessId, &local, 1, &remote, 1, 0);
        return read >= 0 ? (nuint)read
            : Marshal.GetLastPInvokeError() == Libc.Efault ? 0u
            : throw new PlatformNotSupportedException($"process_vm_readv: {Libc.LastErrorMessage()}.");
    }
}
