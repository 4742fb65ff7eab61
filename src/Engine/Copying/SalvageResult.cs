namespace CopyMc;

/// <summary>What a salvage brought home and what it could not.</summary>
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

    /// <summary>Bytes dealt with, from the start: all of them, unless the salvage gave up or the destination failed.</summary>
    public nuint ProcessedBytes { get; }

    /// <summary>Of those, the bytes that were lost.</summary>
    public nuint LostBytes { get; }

    /// <summary>Of those, the bytes that were copied.</summary>
    public nuint CopiedBytes => ProcessedBytes - LostBytes;

    /// <summary>The lost ranges, in order, none touching the next.</summary>
    public IReadOnlyList<LostRange> Lost { get; }

    /// <summary>Whether <see cref="SalvageOptions.MaxLostBytes"/> was exceeded.</summary>
    public bool GaveUp { get; }

    /// <summary>What made the destination unwritable and so ended the salvage; of kind <see cref="CopyFaultKind.None"/> if nothing did.</summary>
    public CopyFault DestinationFault { get; }

    /// <summary>
    /// Why some page could not be made to fault as <see cref="PoisonPropagation.Fault"/> asks; it is marked in the maps all the same.
    /// <see langword="null"/> if all could.
    /// </summary>
    public string? PropagationFailure { get; }
}
