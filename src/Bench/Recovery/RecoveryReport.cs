namespace CopyMc.Bench.Recovery;

/// <summary>A real file, copied region by region with poison in it.</summary>
internal sealed record RecoveryReport
{
    public required string InputPath { get; init; }
    public required long InputBytes { get; init; }
    public required long RegionBytes { get; init; }
    public required int Regions { get; init; }
    public required bool PinnedInMemory { get; init; }

    /// <summary>Why the regions are not pinned; null if they are.</summary>
    public required string? NotPinnedReason { get; init; }

    /// <summary>Why there is no latent poison among the cases; null if there is.</summary>
    public required string? LatentSkippedReason { get; init; }

    public required IReadOnlyList<RecoveryCase> Cases { get; init; }

    internal bool EveryCheckHeld => Cases.All(recovery => recovery.CheckHeld);
}
