namespace CopyMc.Bench.Collapse;

/// <summary>The pages of all regions in all processes, each compared byte for byte with what it was.</summary>
/// <param name="IdenticalPages">Pages with the same content.</param>
/// <param name="LostPages">Poisoned, whole or in part.</param>
/// <param name="ChangedPages">Pages whose content changed although nothing wrote to them: always an error.</param>
internal sealed record ContentReport(int IdenticalPages, int LostPages, int ChangedPages);
