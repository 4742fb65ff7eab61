namespace CopyMc.Bench.Watch;

/// <summary>What the engine of a process had counted at one moment.</summary>
internal sealed record WatchReading
{
    /// <summary>Since it is watched.</summary>
    public required double Seconds { get; init; }

    /// <summary>Since it is watched: exact for copies of more than 32 KiB, an estimate for shorter ones.</summary>
    public required long CopiedBytes { get; init; }

    /// <summary>Since it is watched: blocks of up to 2 MiB of long copies, and an estimate of the number of short ones.</summary>
    public required long Copies { get; init; }

    /// <summary>Over the last three seconds, or since it is watched.</summary>
    public required double CopiedBytesPerSecond { get; init; }

    /// <summary>Copies that met poison, since the process started.</summary>
    public required PoisonHits Hits { get; init; }

    /// <summary>Since the process started.</summary>
    public required long CommittedCollapses { get; init; }

    /// <summary>Since the process started.</summary>
    public required long AbortedCollapses { get; init; }
}
