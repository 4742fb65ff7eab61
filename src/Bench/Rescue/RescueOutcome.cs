namespace CopyMc.Bench.Rescue;

/// <summary>How a run of the rescue ended.</summary>
/// <param name="Map">The status of every byte.</param>
/// <param name="NewlyRescuedBytes">Bytes that this run rescued.</param>
/// <param name="Interrupted">Whether it was told to stop before it had tried everything.</param>
/// <param name="SourceWasWritten">Whether the source was written to since the first run began.</param>
/// <param name="Duration">How long this run took.</param>
internal sealed record RescueOutcome(RescueMap Map, long NewlyRescuedBytes, bool Interrupted, bool SourceWasWritten, TimeSpan Duration)
{
    internal bool Complete => Map.FinishedBytes == Map.ByteCount;
}
