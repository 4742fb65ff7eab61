namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Pages of a region that begin alike.</summary>
internal sealed record PageRun
{
    internal const int LastLine = NativeRegion.PageSize / PoisonMap.LineSize - 1;

    public required int First { get; init; }
    public int Count { get; init; } = 1;
    public PageState State { get; init; } = PageState.Present;
    public PoisonKind? Poison { get; init; }

    /// <summary>The poisoned line.</summary>
    [Bounds(0, LastLine)]
    public int? Line { get; init; }

    /// <summary>Whether memory failure has handled the poison already.</summary>
    public bool Handled { get; init; }

    /// <summary>Whether a forked child has it too.</summary>
    public bool Shared { get; init; }

    public bool Pinned { get; init; }
    public bool Locked { get; init; }

    /// <summary>Whether the file system keeps private data with it.</summary>
    public bool FileSystemData { get; init; }

    /// <summary>Whether the pages have frames of their own.</summary>
    internal bool IsInMemory => State is not (PageState.Zero or PageState.Swapped) && !IsEmpty;

    /// <summary>Whether nothing was written to the pages.</summary>
    internal bool IsEmpty => State is PageState.Absent or PageState.PoisonMarker or PageState.GuardMarker;
}
