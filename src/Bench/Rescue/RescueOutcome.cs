namespace CopyMc.Bench.Rescue;

/// <summary>How a run of the rescue ended.</summary>
internal sealed record RescueOutcome
{
    public required RescueMap Map { get; init; }

    /// <summary>Bytes that this run rescued.</summary>
    public required long NewlyRescuedBytes { get; init; }

    /// <summary>Whether it was told to stop before it had tried everything.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>Whether somebody wrote to the source since the first run began.</summary>
    public required bool SourceWasWritten { get; init; }

    public required TimeSpan Duration { get; init; }

    internal bool Complete => Map.FinishedBytes == Map.ByteCount;
}
