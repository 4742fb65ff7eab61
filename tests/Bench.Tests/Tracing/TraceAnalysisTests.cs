using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Tests.Tracing;

/// <summary>Which suspensions of a trace are a copy's.</summary>
public sealed class TraceAnalysisTests
{
    private const int First = 5, Second = 7;

    [Fact]
    public void A_suspension_belongs_to_the_copy_that_was_under_way_when_it_was_asked_for()
    {
        using var trace = new EventTrace();
        Collect(times: 2);
        Copy(First, collections: 3);
        Collect(times: 1);
        Copy(Second, collections: 4);
        TraceAnalysis analysis = TraceAnalysis.Of(trace.Stop(), BenchEventSource.ProviderName);

        // Other tests collect too.
        Assert.InRange(analysis.During(First).Count, 3, int.MaxValue);
        Assert.InRange(analysis.During(Second).Count, 4, int.MaxValue);
        Assert.Equal(0, analysis.During(First + Second).Count);
        TraceReport report = analysis.Report(file: null);
        Assert.Equal(2, report.Copies);
        Assert.Equal(analysis.During(First).Count + analysis.During(Second).Count, report.DuringCopies.Count);
        Assert.InRange(report.Otherwise.Count, 3, int.MaxValue);
        Assert.InRange(report.Collections.Sum(), 10, int.MaxValue);
        Assert.True(report.DuringCopies.WaitNanoseconds!.Value.Max <= report.DuringCopies.PauseNanoseconds!.Value.Max);
    }

    [Fact]
    public void What_a_thread_allocates_while_it_copies_is_told_apart()
    {
        using var trace = new EventTrace();
        BenchEventSource.Log.CopyStart(First);
        GC.KeepAlive(new byte[10_000_000]);
        BenchEventSource.Log.CopyStop(First);
        GC.KeepAlive(new byte[30_000_000]);
        TraceReport report = TraceAnalysis.Of(trace.Stop(), BenchEventSource.ProviderName).Report(file: null);
        Assert.InRange(report.AllocatedBytesInCopies, 10_000_000, 20_000_000);
        Assert.InRange(report.AllocatedBytes, 40_000_000, long.MaxValue);
    }

    private static void Copy(int method, int collections)
    {
        BenchEventSource.Log.CopyStart(method);
        Collect(collections);
        BenchEventSource.Log.CopyStop(method);
    }

    private static void Collect(int times)
    {
        for (int i = 0; i < times; i++)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }
}
