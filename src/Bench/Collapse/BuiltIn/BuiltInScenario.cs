using CopyMc.Bench.Collapse.Scenarios;

namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>A scenario with a name, for some ways to collapse some kinds of memory.</summary>
/// <param name="Name">As in the kernel's test, or in its manner.</param>
/// <param name="Description">In a few words.</param>
/// <param name="Variants">Who collapses what; the first is the default.</param>
/// <param name="Make">Puts one of the variants together.</param>
internal sealed record BuiltInScenario(string Name, string Description, IReadOnlyList<Variant> Variants, Action<ScenarioBuilder> Make)
{
    internal CollapseScenario Of(Variant variant)
    {
        var builder = new ScenarioBuilder(variant);
        Make(builder);
        return builder.Build(Description);
    }
}
