namespace CopyMc;

/// <summary><c>madvise(MADV_HWPOISON)</c>, madvise(2): the kernel handles the page as if the hardware had reported it.</summary>
internal static unsafe class HwPoison
{
    /// <summary>Poisons pages one by one (a longer call takes only the first page of a huge page). Returns null, or why not.</summary>
    internal static string? Inject(byte* start, nuint length)
    {
        for (nuint offset = 0; offset < length; offset += NativeRegion.PageSize)
        {
            // Dirty first: the shared zero page cannot be poisoned for one process.
            start[offset] = start[offset];
            int error = MceStub.InjectHwPoison(start + offset, NativeRegion.PageSize);
            if (error != 0)
                return Explain(error);
        }
        return null;
    }

    /// <summary>
    /// Tries the call on memory that has no page behind it: a kernel that would do it answers EFAULT after it has checked
    /// everything else, and no frame is lost.
    /// </summary>
    internal static string? UnsupportedReason()
    {
        if (!MceStub.IsLoaded)
            return MceStub.NotLoadedReason;
        void* hole = Libc.Map(null, NativeRegion.PageSize, Libc.ProtNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (hole == Libc.MapFailed)
            return $"mmap: {Libc.LastErrorMessage()}";
        int error = MceStub.InjectHwPoison(hole, NativeRegion.PageSize);
        _ = Libc.Unmap(hole, NativeRegion.PageSize);
        return error == Libc.Efault ? null : Explain(error);
    }

    private static string Explain(int error) => error switch
    {
        0 => "madvise accepts MADV_HWPOISON but does nothing (user-mode emulation)",
        Libc.Einval => "this kernel has no CONFIG_MEMORY_FAILURE (madvise: EINVAL)",
        Libc.Eperm => "it needs CAP_SYS_ADMIN (madvise: EPERM)",
        _ => $"madvise: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}",
    };
}
