using CopyMc.Bench.Gc;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Tests.Gc;

/// <summary><c>copymc bench gc</c>, and <c>--trace</c> of the others.</summary>
public sealed class BenchGcTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_says_what_the_collector_waits_for_the_engine_and_that_copies_allocate_nothing()
    {
        string json = _directory.File("gc.json"), events = _directory.File("gc.nettrace");
        Copymc run = Copymc.Run("bench", "gc", "--smoke", "--json", json, "--trace", events).ExpectSuccess();
        ExpectEvents(events);

        var report = (GcCostReport)ResultFile.Read(json);
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
        Assert.Contains(events, run.Output.ReplaceLineEndings(""));
    }

    [Theory]
    [InlineData("quick")]
    [InlineData("limits")]
    [InlineData("recovery")]
    [InlineData("collapse")]
    [InlineData("salvage")]
    public void Every_benchmark_can_be_traced(string benchmark)
    {
        Assert.SkipUnless(CopyEngine.Shared.Kernel.RecoversFromFaults, "Copies do not recover here.");
        string events = _directory.File("events.nettrace");
        Copymc run = Copymc.Run("bench", benchmark, "--smoke", "--trace", events).ExpectSuccess();
        ExpectEvents(events);
        Assert.Contains("Traced: ", run.Output);
        Assert.Contains("while a copy was under way", run.Output);
        Assert.Equal([events], Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void Events_that_cannot_be_written_are_told_before_anything_is_measured() =>
        Copymc.Run("bench", "gc", "--trace", "/no/such/directory/gc.nettrace").ExpectOneLineOfError(3, "/no/such/directory/gc.nettrace");

    [Fact]
    public void Events_do_not_go_to_the_standard_output() => Copymc.Run("bench", "salvage", "--trace", "-").ExpectOneLineOfError(2, "--trace");

    [Fact]
    public void Several_processes_cannot_be_traced() =>
        Copymc.Run("bench", "quick", "--trace", _directory.File("x"), "--processes", "3").ExpectOneLineOfError(2, "--trace", "--processes");

    private static void ExpectEvents(string path) => Assert.Equal("Nettrace"u8, File.ReadAllBytes(path).AsSpan(0, 8));
}
