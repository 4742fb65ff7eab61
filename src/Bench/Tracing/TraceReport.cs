namespace CopyMc.Bench.Tracing;

/// <summary>What the events of a benchmark say of the garbage collector and the copies.</summary>
internal sealed record TraceReport
{
    /// <summary>Where the events are: a .nettrace file, for PerfView, Visual Studio and dotnet-trace.</summary>
    public required string? File { get; init; }

    /// <summary>Of more than 32 KiB, through the engine.</summary>
    public required long Copies { get; init; }

    /// <summary>Of generation 0, 1 and 2.</summary>
    public required IReadOnlyList<int> Collections { get; init; }

    /// <summary>By all threads, to about 100 KiB.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>By threads while they copied, to about 100 KiB.</summary>
    public required long AllocatedBytesInCopies { get; init; }

    /// <summary>Suspensions of the process while a copy was under way.</summary>
    public required SuspensionCost DuringCopies { get; init; }

    /// <summary>The other ones.</summary>
    public required SuspensionCost Otherwise { get; init; }

    /// <summary>Events that were lost because they came too fast; the figures are too low then.</summary>
    public required long LostEvents { get; init; }
}
