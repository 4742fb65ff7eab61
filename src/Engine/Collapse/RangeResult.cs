namespace CopyMc.Collapse;

/// <summary>The result of collapsing one 2 MiB range.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="Result">The result.</param>
public readonly record struct RangeResult(ulong Address, CollapseResult Result);
