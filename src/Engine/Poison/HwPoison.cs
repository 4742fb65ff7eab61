namespace CopyMc;

/// <summary><c>madvise(MADV_HWPOISON)</c>, madvise(2): the kernel handles the page as if the hardware had reported it.</summary>
internal static unsafe class HwPoison
{
    /// <summary>Poisons a page of any size. Returns null, or why it could not.</summary>
    internal static string? Inject(byte* page)
    {
        // The call itself raises SIGBUS if the page is dirty, which kills a process that does not recover.
        FaultRecovery.Enable();
        // Dirty the page: the shared zero page cannot be poisoned.
        *page = *page;
        int error = MceStub.InjectHwPoison(page, NativeRegion.PageSize);
        return error == 0 ? null : Explain(error);
    }

    /// <summary>
    /// Tries the call on memory without a page: a kernel that supports it returns EFAULT after all other checks, and no frame is lost.
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
