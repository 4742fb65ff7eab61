using System.Diagnostics;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Gc;

/// <summary>
/// Traces long copies beside a thread that allocates and collects: by the engine, and by the same kernel with the GC transition suppressed, which
/// shows what the trace would look like if the engine delayed the collector.
/// </summary>
internal sealed class GcCostRun(CopyEngine engine, long copyBytes, int rounds, IProgress<PhaseProgress> progress)
{
    private readonly List<(Contender Contender, bool Suppressed)> _methods = [];

    /// <param name="file">Where the events are kept; null: nowhere.</param>
    /// <exception cref="IOException">The events could not be written.</exception>
    internal GcCostReport Run(ReportFile? file)
    {
        _methods.Add((new Contender<EngineCopy>(Contenders.Shared, new EngineCopy(engine)), false));
        if (BareKernel.Find(engine.Kernel) is { } bare)
            _methods.Add((new Contender<BareKernel>($"{engine.Kernel.Name}, transition suppressed", bare), true));

        progress.Report(new PhaseProgress("touching memory", 0));
        using var buffers = new BufferPair(copyBytes, PageKind.TransparentHuge);
        AccessPattern pattern = buffers.PatternFor(new MeasurementPoint("", copyBytes));
        var milliseconds = new double[_methods.Count][];
        long[] allocated = new long[_methods.Count];
        bool[] complete = new bool[_methods.Count];
        using var trace = new EventTrace();
        // The first event of a kind allocates: it must not count.
        for (int i = 0; i < _methods.Count; i++)
        {
            milliseconds[i] = new double[rounds];
            complete[i] = CopyOnce(i, pattern);
        }
        using (new AllocatingThread())
        {
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < _methods.Count; i++)
                {
                    progress.Report(new PhaseProgress($"round {round + 1} of {rounds}", (double)round / rounds));
                    long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
                    complete[i] &= CopyOnce(i, pattern);
                    milliseconds[i][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    allocated[i] += GC.GetAllocatedBytesForCurrentThread() - before;
                }
            }
        }
        progress.Report(new PhaseProgress("reading the events", 1));
        TraceAnalysis analysis = TraceAnalysis.Of(trace.Stop(), BenchEventSource.ProviderName);
        if (file is not null)
            trace.SaveTo(file);
        GcCostRow[] rows =
        [
            .. _methods.Select((method, i) => new GcCostRow(
                method.Contender.Name, method.Suppressed, Quartiles.Of(milliseconds[i]), (double)allocated[i] / rounds, analysis.During(i), complete[i])),
        ];
        return new GcCostReport(rounds, copyBytes, AllocatingThread.BytesPerCollection, rows)
        {
            Trace = analysis.Report(file?.Path),
            EveryCheckHeld = rows.All(row => row.EveryCopyComplete) && rows[0].AllocatedBytesPerCopy == 0,
        };
    }

    private bool CopyOnce(int method, in AccessPattern pattern)
    {
        BenchEventSource.Log.CopyStart(method);
        nuint remaining = _methods[method].Contender.CopyOnce(pattern);
        BenchEventSource.Log.CopyStop(method);
        return remaining == 0;
    }
}
