namespace CopyMc;

/// <summary>A mapping beyond the end of its file: every access raises SIGBUS.</summary>
internal static unsafe class TruncatedMapping
{
    /// <summary>
    /// Replaces pages of a region with a mapping of an empty memfd. MAP_FIXED is sound because the caller owns the range. Returns null, or
    /// the call that failed and the reason.
    /// </summary>
    internal static string? ReplaceWith(byte* start, nuint length)
    {
        int descriptor = Libc.MemfdCreate("copymc-truncated", Libc.MfdCloseOnExec);
        if (descriptor < 0)
            return $"memfd_create: {Libc.LastErrorMessage()}";
        void* mapped = Libc.Map(start, length, Libc.ProtRead | Libc.ProtWrite, Libc.MapShared | Libc.MapFixed, descriptor, 0);
        string? reason = mapped == Libc.MapFailed ? $"mmap: {Libc.LastErrorMessage()}" : null;
        _ = Libc.Close(descriptor);
        return reason;
    }
}
