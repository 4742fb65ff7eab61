namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>What was recorded of a state.</summary>
/// <param name="Error">The errno.</param>
/// <param name="Ranges">Each 2 MiB range that the mapping reaches into, in words of <see cref="RangeMapping"/>: <c>huge, small</c>.</param>
public sealed record CollapseExpectation(CollapseErrno Error, string Ranges)
{
    /// <summary>One range, collapsed.</summary>
    public static CollapseExpectation Collapsed { get; } = new(CollapseErrno.None, "huge");

    /// <summary>One range, refused with EINVAL and left as it was.</summary>
    public static CollapseExpectation Invalid { get; } = new(CollapseErrno.Invalid, "small");

    /// <summary>One range, refused with EAGAIN and left as it was.</summary>
    public static CollapseExpectation TryAgain { get; } = new(CollapseErrno.TryAgain, "small");

    /// <summary>One range, refused with EBUSY and left as it was.</summary>
    public static CollapseExpectation Busy { get; } = new(CollapseErrno.Busy, "small");

    /// <summary>Runs of <see cref="PageContent"/> where the call changes what can be read; null: it does not.</summary>
    public string? Content { get; init; }
}
