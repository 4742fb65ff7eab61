namespace CopyMc.Engine.Tests.Children;

/// <summary>The scenarios of child processes, by name. The exit code is 0 on success.</summary>
internal static class ChildScenario
{
    internal static int Run(string scenario, string[] arguments) => scenario switch
    {
        nameof(CountedCopies) => CountedCopies.Run(arguments[0], arguments[1]),
        nameof(DisposedMapping) => DisposedMapping.Run(),
        nameof(ForeignFault) => ForeignFault.Run(arguments[0], arguments[1]),
        nameof(GuardPage) => GuardPage.Run(arguments[0], bool.Parse(arguments[1])),
        nameof(HandlerLifecycle) => HandlerLifecycle.Run(arguments[0]),
        nameof(LoadContexts) => LoadContexts.Run(arguments[0]),
        nameof(LostMapping) => LostMapping.Run(arguments[0], arguments[1], arguments[2], long.Parse(arguments[3])),
        nameof(RecoveryStress) => RecoveryStress.Run(int.Parse(arguments[0])),
        nameof(SharedProcess) => SharedProcess.Run(arguments[0]),
        nameof(UnreadableNeighbour) => UnreadableNeighbour.Run(arguments[0]),
        nameof(UnprivilegedScan) => UnprivilegedScan.Run(),
        _ => throw new ArgumentException($"There is no scenario '{scenario}'.", nameof(scenario)),
    };
}
