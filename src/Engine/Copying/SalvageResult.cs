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

    /// <summary>Bytes from the start that were copied or lost: all of them, unless the salvage gave up or the destination failed.</summary>
    public nuint ProcessedBytes { get; }

    /// <summary>The lost ones of <see cref="ProcessedBytes"/>.</summary>
    public nuint LostBytes { get; }

    /// <summary>The copied ones of <see cref="ProcessedBytes"/>.</summary>
    public nuint CopiedBytes => ProcessedBytes - LostBytes;

    /// <summary>The lost ranges in ascending order; adjacent ones are merged.</summary>
    public IReadOnlyList<LostRange> Lost { get; }

    /// <summary>Whether <see cref="SalvageOptions.MaxLostBytes"/> was exceeded.</summary>
    public bool GaveUp { get; }

    /// <summary>The fault in the destination that ended the salvage; of kind <see cref="CopyFaultKind.None"/> if nothing did.</summary>
    public CopyFault DestinationFault { get; }

    /// <summary>
    /// Why a page of the destination could not be made to fault, as <see cref="PoisonPropagation.Fault"/> asks. Its lines are marked in the maps
    /// nevertheless. <see langword="null"/> if there was no such page.
    /// </summary>
    public string? PropagationFailure { get; }
}
