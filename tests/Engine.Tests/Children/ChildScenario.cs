namespace CopyMc.Engine.Tests.Children;

/// <summary>What a child process can be asked to do, by name.</summary>
internal static class ChildScenario
{
    internal static int Run(string scenario, string[] arguments) => scenario switch
    {
        _ => throw new ArgumentException($"There is no scenario '{scenario}'.", nameof(scenario)),
    };
}
