namespace CopyMc.Bench.Collapse.BuiltIn;

/// <summary>All scenarios that have a name.</summary>
internal static class BuiltInScenarios
{
    internal static IReadOnlyList<BuiltInScenario> All { get; } = [.. KernelScenarios.All, .. PoisonScenarios.All, .. OtherScenarios.All];

    internal static BuiltInScenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
