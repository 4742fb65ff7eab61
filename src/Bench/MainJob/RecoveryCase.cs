namespace CopyMc.Bench.MainJob;

/// <summary>One copy of one region with poison in one place. Offsets count from the start of the region.</summary>
/// <param name="Region">The number of the region.</param>
/// <param name="RegionBytes">Its length.</param>
/// <param name="PoisonState">Whether the poison was known or latent before the copy.</param>
/// <param name="Position">The poisoned line.</param>
/// <param name="Source">How the line was poisoned; null if it was not.</param>
/// <param name="PoisonedOffsetBytes">Where the poisoned line starts; null if there is none.</param>
/// <param name="BytesCopied">Bytes copied.</param>
/// <param name="BytesNotCopied">Bytes that the copy reported as not copied.</param>
/// <param name="FaultKind">What stopped the copy.</param>
/// <param name="FaultSide">The side of the fault; null, as the next two, if there was no fault.</param>
/// <param name="FaultOffsetBytes">The first byte of the fault.</param>
/// <param name="FaultExtentBytes">Its length.</param>
/// <param name="CopyMicroseconds">From the call to its return; with latent poison this includes the signal.</param>
/// <param name="CountExact">Whether the prefix ends where the poisoned line starts, or at the start of its page for latent poison.</param>
/// <param name="FaultExact">Whether the fault has the right kind, side, address and extent.</param>
/// <param name="PrefixEqualsFile">Whether every byte of the prefix is the file's.</param>
/// <param name="NothingWrittenAfter">Whether the rest of the destination, and a page after it, is unchanged.</param>
/// <param name="MapHasLearned">Whether a second copy stopped at the same byte by the map alone, without a signal; null where it had nothing to learn.</param>
internal sealed record RecoveryCase(
    int Region, long RegionBytes, PoisonState PoisonState, PoisonPosition Position, PoisonSource? Source, long? PoisonedOffsetBytes, long BytesCopied,
    long BytesNotCopied, CopyFaultKind FaultKind, CopySide? FaultSide, long? FaultOffsetBytes, long? FaultExtentBytes, double CopyMicroseconds, bool CountExact,
    bool FaultExact, bool PrefixEqualsFile, bool NothingWrittenAfter, bool? MapHasLearned)
{
    internal IEnumerable<(string Name, bool Held)> Checks =>
    [
        ("count", CountExact), ("fault", FaultExact), ("prefix", PrefixEqualsFile), ("rest", NothingWrittenAfter),
        .. MapHasLearned is { } learned ? [("map", learned)] : (ReadOnlySpan<(string, bool)>)[],
    ];

    internal bool EveryCheckHeld => Checks.All(check => check.Held);
}
