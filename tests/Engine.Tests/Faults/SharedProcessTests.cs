using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Recovery holds in a process that it shares with other handlers of signals, and says when it does not.</summary>
public sealed class SharedProcessTests
{
    public SharedProcessTests()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        Assert.SkipUnless(OtherHandlers.UnavailableReason is null, OtherHandlers.UnavailableReason ?? "");
    }

    [Theory]
    [InlineData(SharedProcess.Profiled)]
    [InlineData(SharedProcess.ProfiledUnmapped)]
    [InlineData(SharedProcess.BackOnTop)]
    [InlineData(SharedProcess.Removed)]
    [InlineData(SharedProcess.ThroughKernel)]
    [InlineData(SharedProcess.BlockedPrepared)]
    [InlineData(SharedProcess.BlockedLong)]
    public void Copies_recover(string scenario) => Expect(0, ChildProcess.Run(nameof(SharedProcess), scenario));

    [Fact]
    public void A_handler_over_ours_that_passes_signals_on_is_named_and_costs_nothing()
    {
        ChildResult child = ChildProcess.Run(nameof(SharedProcess), SharedProcess.Covered);
        Expect(0, child);
        Assert.StartsWith("Covered: libother_handlers.so", child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_over_ours_that_does_not_pass_signals_on_is_named_and_gets_the_fault()
    {
        ChildResult child = ChildProcess.Run(nameof(SharedProcess), SharedProcess.CoveredSilently);
        Expect(OtherHandlers.Reported, child);
        Assert.StartsWith("Covered: libother_handlers.so", child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovery_that_a_host_enabled_before_the_runtime_started_goes_on()
    {
        string folder = AppContext.BaseDirectory;
        var environment = new Dictionary<string, string?>
        {
            ["LD_PRELOAD"] = Path.Combine(folder, "libother_handlers.so"),
            ["OTHER_HANDLERS_ENABLE"] = Path.Combine(folder, "libmce_stub.so"),
        };
        ChildResult child = ChildProcess.Run(environment, nameof(SharedProcess), SharedProcess.BeforeTheRuntime);
        Expect(ChildResult.KilledBySigBus, child);
        Assert.Equal("recovered", child.Output.Trim());
    }

    [Fact]
    public void A_short_copy_in_a_thread_that_blocks_SIGBUS_dies_as_without_the_library() =>
        Expect(ChildResult.KilledBySigBus, ChildProcess.Run(nameof(SharedProcess), SharedProcess.BlockedShort));

    [Fact]
    public void A_report_that_no_map_covers_is_counted()
    {
        ChildResult child = ChildProcess.Run(nameof(SharedProcess), SharedProcess.ReportsCounted);
        Expect(0, child);
        Assert.Equal(["1", "2", "3"], child.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>.NET's handler survives one.</summary>
    [Fact]
    public void A_report_that_no_map_covers_is_passed_on_if_asked_for()
    {
        ChildResult child = ChildProcess.Run(nameof(SharedProcess), SharedProcess.ReportsPassedOn);
        Expect(ChildResult.KilledBySigBus, child);
        Assert.Equal(["1"], child.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(LoadContexts.SideBySide)]
    [InlineData(LoadContexts.OneDisabled)]
    [InlineData(LoadContexts.OneUnloaded)]
    public void Two_load_contexts_share_the_handler(string scenario) => Expect(0, ChildProcess.Run(nameof(LoadContexts), scenario));

    private static void Expect(int exitCode, ChildResult child) => Assert.True(exitCode == child.ExitCode, $"{child.ExitCode}: {child.Output}{child.Error}");
}
