using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Recovery can be switched on and off, for the whole process.</summary>
public sealed class FaultRecoveryTests
{
    [Fact]
    public void A_recovering_engine_enables_it()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        _ = new CopyEngine();
        Assert.True(FaultRecovery.IsEnabled);
    }

    [Fact]
    public void Switched_on_again_it_recovers_again() => Expect(HandlerLifecycle.EnabledAgain, 0);

    [Fact]
    public void Switched_off_a_fault_in_a_copy_is_as_fatal_as_if_it_had_never_been_on()
    {
        Expect(HandlerLifecycle.NeverEnabled, ChildResult.KilledBySigBus);
        Expect(HandlerLifecycle.Disabled, ChildResult.KilledBySigBus);
    }

    /// <summary>.NET survives the first SIGBUS that is sent to it, and puts back the handler that was there before its own.</summary>
    [Fact]
    public void It_goes_on_after_a_sent_signal_that_the_process_survives() => Expect(HandlerLifecycle.AfterSentSignal, 0);

    [Fact]
    public void Switched_on_again_it_recovers_though_somebody_has_reset_the_action() => Expect(HandlerLifecycle.AfterReset, 0);

    private static void Expect(string stage, int exitCode)
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        ChildResult result = ChildProcess.Run(nameof(HandlerLifecycle), stage);
        Assert.Equal((exitCode, "so far"), (result.ExitCode, result.Output.Split('\n')[0]));
    }
}
