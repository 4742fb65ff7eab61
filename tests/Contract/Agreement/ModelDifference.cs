namespace CopyMc.Contract.Agreement;

/// <summary>A state in which the model is known not to do what the kernel does.</summary>
/// <param name="State">The state's name.</param>
/// <param name="Model">What the model does.</param>
/// <param name="Because">Why, with the kernel's function; docs/collapse.md has the same sentence.</param>
internal sealed record ModelDifference(string State, CollapseExpectation Model, string Because)
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<ModelDifference> All { get; } =
    [
        new(
            "anonymous: three ranges, the second never touched",
            new CollapseExpectation(CollapseErrno.Invalid, "huge, small, huge", "succeeded, no_pte_table, succeeded"),
            "the model follows later kernels, in which an empty PMD is SCAN_NO_PTE_TABLE like a missing one and does not end the call"),
    ];

    /// <summary>That of one state; null: the model does what the kernel does.</summary>
    internal static ModelDifference? Of(CollapseState state) => All.SingleOrDefault(difference => difference.State == state.Name);
}
