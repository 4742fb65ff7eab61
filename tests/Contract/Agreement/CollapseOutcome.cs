namespace CopyMc.Contract.Agreement;

/// <summary>What came of one call.</summary>
/// <param name="Error">The errno.</param>
/// <param name="Ranges">Each 2 MiB range that the mapping reaches into, in words of <see cref="RangeMapping"/>: <c>huge, small</c>.</param>
/// <param name="Content">What can be read in each page of the mapping, compared byte by byte: runs of <see cref="PageContent"/>.</param>
/// <param name="OtherContent">The same on the other side of the fork or in the second mapping; null: there is neither.</param>
public sealed record CollapseOutcome(CollapseErrno Error, string Ranges, string Content, string? OtherContent)
{
    /// <summary>The kernel's result of each range that it looked into; null: it could not be traced (only root can).</summary>
    public string? Results { get; init; }

    /// <summary>What the state's recorded expectation comes to.</summary>
    public static CollapseOutcome ExpectedOf(CollapseState state) =>
        new(state.Expected.Error, state.Expected.Ranges, state.ExpectedContent, state.ExpectedOtherContent) { Results = state.Expected.Results };
}
