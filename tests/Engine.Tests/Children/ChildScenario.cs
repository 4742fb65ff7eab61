namespace CopyMc.Engine.Tests.Children;

/// <summary>What a child process can be asked to do, by name.</summary>
internal static class ChildScenario
{
    /// <summary>The argument that says that the library is to be enabled before anything happens.</summary>
    internal const string WithLibrary = "with-library";

    internal static int Run(string scenario, string[] arguments)
    {
        if (arguments.Contains(WithLibrary))
            _ = CopyEngine.Shared;
        return scenario switch
        {
            nameof(ForeignFault.ManagedReadOfTruncatedMapping) => ForeignFault.ManagedReadOfTruncatedMapping(),
            nameof(ForeignFault.NativeCopyOfTruncatedMapping) => ForeignFault.NativeCopyOfTruncatedMapping(),
            nameof(ForeignFault.SentSigBus) => ForeignFault.SentSigBus(),
            nameof(ForeignFault.NullDereference) => ForeignFault.NullDereference(),
            nameof(ForeignFault.StackOverflow) => ForeignFault.StackOverflow(),
            nameof(ForeignFault.UncoveredEarlyReport) => ForeignFault.UncoveredEarlyReport(),
            nameof(RecoveryStress) => RecoveryStress.Run(int.Parse(arguments[0])),
            _ => throw new ArgumentException($"There is no scenario '{scenario}'.", nameof(scenario)),
        };
    }
}
