using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>What is not a fault of a copy ends exactly as it does in a process without the library: same exit, same first words.</summary>
public sealed class ForeignFaultTests
{
    [Theory]
    [InlineData(nameof(ForeignFault.ManagedReadOfTruncatedMapping), ChildResult.KilledBySigAbrt)]
    [InlineData(nameof(ForeignFault.NativeCopyOfTruncatedMapping), ChildResult.KilledBySigBus)]
    [InlineData(nameof(ForeignFault.SentSigBus), null)]
    [InlineData(nameof(ForeignFault.NullDereference), 0)]
    [InlineData(nameof(ForeignFault.StackOverflow), ChildResult.KilledBySigAbrt)]
    [InlineData(nameof(ForeignFault.UncoveredEarlyReport), null)]
    public void A_foreign_fault_ends_as_without_the_library(string scenario, int? exitCode)
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        ChildResult control = ChildProcess.Run(scenario);
        ChildResult enabled = ChildProcess.Run(scenario, ChildScenario.WithLibrary);

        Assert.Equal(control.ExitCode, enabled.ExitCode);
        Assert.Equal(control.Output, enabled.Output);
        Assert.Equal(control.FirstLineOfError, enabled.FirstLineOfError);
        if (exitCode is not null)
            Assert.Equal(exitCode, enabled.ExitCode);
    }
}
