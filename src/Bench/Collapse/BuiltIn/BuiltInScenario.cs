using CopyMc.Bench.Collapse.Scenarios;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>A scenario that is there under a name, for some ways to collapse some kinds of memory.</summary>
/// <param name="Name">As the kernel's test has it, or in its manner.</param>
/// <param name="Description">In a few words.</param>
/// <param name="Variants">For whom it is; the first is what is run if nobody says more.</param>
/// <param name="Make">Makes one of the variants.</param>
internal sealed record BuiltInScenario(
    string Name, string Description, IReadOnlyList<Variant> Variants, Func<Variant, CollapseScenario> Make)
{
    internal CollapseScenario Of(Variant variant) => Make(variant) with { Description = Description };
}
