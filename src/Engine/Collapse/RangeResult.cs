namespace CopyMc.Collapse;

/// <summary>How the collapse of one 2 MiB range ended.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="Result">The result.</param>
public readonly record struct RangeResult(ulong Address, CollapseResult Result);
