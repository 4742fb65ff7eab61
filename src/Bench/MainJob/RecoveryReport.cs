namespace CopyMc.Bench.MainJob;

/// <summary>A real file, copied region by region with poison in it.</summary>
/// <param name="InputPath">The file.</param>
/// <param name="InputBytes">Its length.</param>
/// <param name="ExaminedBytes">Bytes of it that were copied: all, but only the first part of a very long file.</param>
/// <param name="RegionBytes">Bytes of a region; the last one has the rest.</param>
/// <param name="Regions">How many regions there are.</param>
/// <param name="PinnedInMemory">Whether the regions are locked in memory.</param>
/// <param name="NotPinnedReason">Why they are not; null if they are.</param>
/// <param name="Kernel">The kernel of the copies.</param>
/// <param name="LatentSource">The source of latent poison in the first region; null if there was none.</param>
/// <param name="LatentSourceAfterFirstRegion">The source in the other regions; null if there was none.</param>
/// <param name="LatentSkippedReason">Why there is no latent poison; null if there is.</param>
/// <param name="PageFramesLost">Frames of 4 KiB that the kernel will not use again before the next boot.</param>
/// <param name="Totals">The cases added up by state and position of the poison.</param>
/// <param name="Cases">Every copy.</param>
internal sealed record RecoveryReport(
    string InputPath, long InputBytes, long ExaminedBytes, long RegionBytes, int Regions, bool PinnedInMemory, string? NotPinnedReason, string Kernel,
    PoisonSource? LatentSource, PoisonSource? LatentSourceAfterFirstRegion, string? LatentSkippedReason, int PageFramesLost,
    IReadOnlyList<RecoveryTotal> Totals, IReadOnlyList<RecoveryCase> Cases);
