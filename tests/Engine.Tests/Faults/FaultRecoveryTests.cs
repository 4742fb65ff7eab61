using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Recovery can be enabled and disabled for the whole process.</summary>
public sealed class FaultRecoveryTests
{
    [Fact]
    public void A_recovering_engine_enables_recovery()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        _ = new CopyEngine();
        Assert.True(FaultRecovery.IsEnabled);
    }

    [Fact]
    public void Recovery_works_when_enabled_again() => Expect(HandlerLifecycle.EnabledAgain, 0);

    [Fact]
    public void A_fault_in_a_copy_is_fatal_when_recovery_is_disabled()
    {
        Expect(HandlerLifecycle.NeverEnabled, ChildResult.KilledBySigBus);
        Expect(HandlerLifecycle.Disabled, ChildResult.KilledBySigBus);
    }

    /// <summary>.NET survives the first SIGBUS that is sent to it, and then restores the handler before its own.</summary>
    [Fact]
    public void Recovery_works_after_a_sent_signal_that_the_process_survives() => Expect(HandlerLifecycle.AfterSentSignal, 0);

    [Fact]
    public void Recovery_works_when_enabled_again_after_the_action_was_reset() => Expect(HandlerLifecycle.AfterReset, 0);

    private static void Expect(string stage, int exitCode)
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        ChildResult result = ChildProcess.Run(nameof(HandlerLifecycle), stage);
        Assert.Equal((exitCode, "so far"), (result.ExitCode, result.Output.Split('\n')[0]));
    }
}
