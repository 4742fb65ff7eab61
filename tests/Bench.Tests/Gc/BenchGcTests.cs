using CopyMc.Bench.Commands;
using CopyMc.Bench.Gc;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Tests.Gc;

/// <summary><c>copymc bench gc</c>, and <c>--trace</c> of all measurements.</summary>
public sealed class BenchGcTests(SmokeRuns runs)
{
    public static TheoryData<string> Measurements => [.. ResultSchema.All.OfType<Measurement>().Select(measurement => measurement.Kind["bench-".Length..])];

    [Fact]
    public void It_says_what_the_collector_waits_for_the_engine_and_that_copies_allocate_nothing()
    {
        var report = (GcCostReport)runs.Bench("gc").Result;
        Assert.True(report.EveryCheckHeld);
        Assert.All(report.Rows, row => Assert.True(row.EveryCopyComplete && row.AllocatedBytesPerCopy == 0, row.ToString()));
        Assert.Equal(0, report.Trace!.AllocatedBytesInCopies);
        Assert.True(report.Trace.AllocatedBytes > 0 && report.Trace.Collections[0] > 0);
        Assert.Equal(0, report.Trace.LostEvents);
        // One more of each than are counted, to warm up.
        Assert.Equal((report.Rounds + 1) * report.Rows.Count, report.Trace.Copies);
        Assert.Equal(report.Rows.Sum(row => row.DuringCopies.Count), report.Trace.DuringCopies.Count);
        Assert.False(report.Rows[0].TransitionSuppressed);
        Assert.Equal(CopyEngine.Shared.Kernel.RecoversFromFaults ? 1 : 0, report.Rows.Count(row => row.TransitionSuppressed));
    }

    [Theory]
    [MemberData(nameof(Measurements))]
    public void Every_measurement_can_be_traced(string name)
    {
        Assert.SkipUnless(CopyEngine.Shared.Kernel.RecoversFromFaults, "Copies do not recover here.");
        SmokeRun run = runs.Bench(name);
        string events = runs.EventsOf(name);
        Assert.Equal("Nettrace"u8, File.ReadAllBytes(events).AsSpan(0, 8));
        Assert.Equal([events], Directory.GetFiles(Path.GetDirectoryName(events)!, $"{name}.*"));
        Assert.Contains("Traced: ", run.Command.Output);
        Assert.Contains(events, run.Command.Output.ReplaceLineEndings(""));
        Assert.NotNull(run.Result.Trace);
    }

    [Fact]
    public void Events_that_cannot_be_written_are_told_before_anything_is_measured() =>
        Copymc.Run("bench", "gc", "--trace", "/no/such/directory/gc.nettrace").ExpectOneLineOfError(3, "/no/such/directory/gc.nettrace");

    [Fact]
    public void Events_do_not_go_to_the_standard_output() => Copymc.Run("bench", "salvage", "--trace", "-").ExpectOneLineOfError(2, "--trace");

    [Fact]
    public void Several_processes_cannot_be_traced() =>
        Copymc.Run("bench", "quick", "--trace", "x", "--processes", "3").ExpectOneLineOfError(2, "--trace", "--processes");
}
