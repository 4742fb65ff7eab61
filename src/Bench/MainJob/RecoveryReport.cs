namespace CopyMc.Bench.MainJob;

/// <summary>A real file, copied region by region with poison in it.</summary>
internal sealed record RecoveryReport
{
    public required string InputPath { get; init; }
    public required long InputBytes { get; init; }

    /// <summary>Bytes of it that were copied: all, but of a very long file only the front.</summary>
    public required long ExaminedBytes { get; init; }

    /// <summary>Bytes of a region; the last one is as long as what is left.</summary>
    public required long RegionBytes { get; init; }
    public required int Regions { get; init; }
    public required bool PinnedInMemory { get; init; }

    /// <summary>Why the regions are not pinned; null if they are.</summary>
    public required string? NotPinnedReason { get; init; }

    public required string Kernel { get; init; }

    /// <summary>Where latent poison came from in the first region, and in the others; null if there was none.</summary>
    public required PoisonSource? LatentSource { get; init; }
    public required PoisonSource? LatentSourceAfterFirstRegion { get; init; }

    /// <summary>Why there is no latent poison among the cases; null if there is.</summary>
    public required string? LatentSkippedReason { get; init; }

    /// <summary>Frames of 4 KiB that the kernel will not use again before the next boot.</summary>
    public required int PageFramesLost { get; init; }

    public required IReadOnlyList<RecoveryTotal> Totals { get; init; }
    public required IReadOnlyList<RecoveryCase> Cases { get; init; }

    internal int CheckCount => Totals.Sum(total => total.ChecksHeld + total.ChecksFailed);

    internal int FailedCheckCount => Totals.Sum(total => total.ChecksFailed);
}
