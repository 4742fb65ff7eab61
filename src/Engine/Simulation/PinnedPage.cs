namespace CopyMc.Simulation;

/// <summary>A page that is held in place by <see cref="AddressSpace.TryPin"/>. Not thread-safe.</summary>
public sealed class PinnedPage : IDisposable
{
    private AddressSpace? _holder;

    internal PinnedPage(AddressSpace holder, uint pfn, PinKind kind) => (_holder, Pfn, Kind) = (holder, pfn, kind);

    /// <summary>The frame.</summary>
    public uint Pfn { get; }

    /// <summary>How it is held.</summary>
    public PinKind Kind { get; }

    /// <summary>Releases the page. Does nothing if it was released before, or its holder has exited.</summary>
    public void Dispose()
    {
        _holder?.Unpin(this);
        _holder = null;
    }
}
