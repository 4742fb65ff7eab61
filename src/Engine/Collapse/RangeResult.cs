namespace CopyMc.Collapse;

/// <summary>The result of collapsing one 2 MiB range.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="Result">The result.</param>
/// <param name="CopiedPages">Pages copied or cleared before it ended: 512 after a collapse. Poison is in the page after them.</param>
/// <param name="PoisonedFrame">The frame in which the copy met poison; <see langword="null"/> unless the result is <see cref="CollapseResult.CopyMc"/>.</param>
public readonly record struct RangeResult(ulong Address, CollapseResult Result, int CopiedPages = 0, uint? PoisonedFrame = null);
