namespace CopyMc.Bench.Watch;

/// <summary>What the engine of a process had counted at one moment.</summary>
/// <param name="Seconds">Since the watch began.</param>
/// <param name="CopiedBytes">Since the watch began: exact for copies of more than 32 KiB, an estimate for shorter ones.</param>
/// <param name="Copies">Since the watch began: blocks of up to 2 MiB of long copies, and an estimate of the number of short ones.</param>
/// <param name="CopiedBytesPerSecond">Over the last three seconds, or since the watch began.</param>
/// <param name="Hits">Copies that met poison, since the process started.</param>
/// <param name="CommittedCollapses">Since the process started.</param>
/// <param name="AbortedCollapses">Since the process started.</param>
internal sealed record WatchReading(
    double Seconds, long CopiedBytes, long Copies, double CopiedBytesPerSecond, PoisonHits Hits, long CommittedCollapses, long AbortedCollapses);
