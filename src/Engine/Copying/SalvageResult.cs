namespace CopyMc;

/// <summary>The bytes that a salvage copied and lost.</summary>
public sealed class SalvageResult
{
    internal SalvageResult(
        nuint processedBytes,
        nuint lostBytes,
        IReadOnlyList<LostRange> lost,
        CopyFault destinationFault,
        bool gaveUp,
        string? propagationFailure)
    {
        ProcessedBytes = processedBytes;
        LostBytes = lostBytes;
        Lost = lost;
        DestinationFault = destinationFault;
        GaveUp = gaveUp;
        PropagationFailure = propagationFailure;
    }

    /// <summary>Bytes copied or lost, from the start: all of them, unless the salvage gave up or the destination failed.</summary>
    public nuint ProcessedBytes { get; }

    /// <summary>Bytes lost of <see cref="ProcessedBytes"/>.</summary>
    public nuint LostBytes { get; }

    /// <summary>Bytes copied of <see cref="ProcessedBytes"/>.</summary>
    public nuint CopiedBytes => ProcessedBytes - LostBytes;

    /// <summary>The lost ranges in ascending order; adjacent ones are merged.</summary>
    public IReadOnlyList<LostRange> Lost { get; }

    /// <summary>Whether <see cref="SalvageOptions.MaxLostBytes"/> was exceeded.</summary>
    public bool GaveUp { get; }

    /// <summary>The fault in the destination that ended the salvage; of kind <see cref="CopyFaultKind.None"/> if nothing did.</summary>
    public CopyFault DestinationFault { get; }

    /// <summary>
    /// The reason if a page could not be made to fault, as <see cref="PoisonPropagation.Fault"/> requires; it is still marked in the maps.
    /// <see langword="null"/> if there was no such page.
    /// </summary>
    public string? PropagationFailure { get; }
}
