namespace CopyMc.Simulation;

/// <summary>A page that <see cref="AddressSpace.TryPin"/> pinned. Not thread-safe.</summary>
public sealed class PinnedPage : IDisposable
{
    private AddressSpace? _holder;

    internal PinnedPage(AddressSpace holder, uint pfn, PinKind kind) => (_holder, Pfn, Kind) = (holder, pfn, kind);

    /// <summary>The frame.</summary>
    public uint Pfn { get; }

    /// <summary>The kind of the pin.</summary>
    public PinKind Kind { get; }

    /// <summary>Unpins the page. Does nothing if it was unpinned before, or the process has exited.</summary>
    public void Dispose()
    {
        _holder?.Unpin(this);
        _holder = null;
    }
}
