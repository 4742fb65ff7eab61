namespace CopyMc.Bench.Recovery;

/// <summary>One place and kind of poison, over all regions of the input. Addresses are bytes from the start of the region.</summary>
internal sealed record RecoveryCase
{
    public required string Position { get; init; }
    public required PoisonSource Source { get; init; }

    /// <summary>Known: marked in the map before the copy. Latent: only a signal tells.</summary>
    public required bool IsKnown { get; init; }

    public required long PoisonedOffsetBytes { get; init; }
    public required long BytesCopiedPerRegion { get; init; }
    public required long BytesNotCopiedPerRegion { get; init; }
    public required CopyFaultKind FaultKind { get; init; }
    public required CopySide FaultSide { get; init; }
    public required long FaultOffsetBytes { get; init; }
    public required long FaultExtentBytes { get; init; }
    public required double MedianMicroseconds { get; init; }
    public required bool CountExact { get; init; }
    public required bool PrefixEqualsFile { get; init; }
    public required bool NothingWrittenAfter { get; init; }

    /// <summary>Whether a second copy stopped at the same place by the map alone, without a signal.</summary>
    public required bool MapHasLearned { get; init; }

    internal bool CheckHeld => CountExact && PrefixEqualsFile && NothingWrittenAfter && MapHasLearned;
}
