namespace CopyMc.Bench.MainJob;

/// <summary>One copy of one region with poison in one place. Offsets count from the start of the region.</summary>
internal sealed record RecoveryCase
{
    public required int Region { get; init; }
    public required long RegionBytes { get; init; }
    public required PoisonState PoisonState { get; init; }
    public required PoisonPosition Position { get; init; }

    /// <summary>How the line was poisoned; null if it was not.</summary>
    public required PoisonSource? Source { get; init; }

    /// <summary>Where the poisoned line starts; null if there is none.</summary>
    public required long? PoisonedOffsetBytes { get; init; }

    public required long BytesCopied { get; init; }
    public required long BytesNotCopied { get; init; }
    public required CopyFaultKind FaultKind { get; init; }

    /// <summary>Null, as the next two, if there was no fault.</summary>
    public required CopySide? FaultSide { get; init; }
    public required long? FaultOffsetBytes { get; init; }
    public required long? FaultExtentBytes { get; init; }

    /// <summary>From the call to its return; latent poison includes the signal.</summary>
    public required double CopyMicroseconds { get; init; }

    /// <summary>The prefix ends where the poisoned line starts, or its page if only that much can be known.</summary>
    public required bool CountExact { get; init; }

    /// <summary>The fault is of the right kind, on the right side, at the right address and of the right extent.</summary>
    public required bool FaultExact { get; init; }

    /// <summary>Every byte of the prefix is the file's.</summary>
    public required bool PrefixEqualsFile { get; init; }

    /// <summary>Every byte from there to the end of the destination, and of a page after it, is as it was.</summary>
    public required bool NothingWrittenAfter { get; init; }

    /// <summary>A second copy stopped at the same byte by the map alone, without a signal. Null where nothing was to be learned.</summary>
    public required bool? MapHasLearned { get; init; }

    internal IEnumerable<(string Name, bool Held)> Checks =>
    [
        ("count", CountExact), ("fault", FaultExact), ("prefix", PrefixEqualsFile), ("rest", NothingWrittenAfter),
        .. MapHasLearned is { } learned ? [("map", learned)] : (ReadOnlySpan<(string, bool)>)[],
    ];

    internal bool EveryCheckHeld => Checks.All(check => check.Held);
}
