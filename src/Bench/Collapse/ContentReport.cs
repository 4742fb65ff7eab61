namespace CopyMc.Bench.Collapse;

/// <summary>The pages of all regions in all processes, each compared byte for byte with what it was.</summary>
internal sealed record ContentReport
{
    public required int IdenticalPages { get; init; }

    /// <summary>Poisoned, whole or in part.</summary>
    public required int LostPages { get; init; }

    /// <summary>Pages whose content changed although nothing wrote to them: always an error.</summary>
    public required int ChangedPages { get; init; }
}
