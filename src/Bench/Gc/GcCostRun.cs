using System.Diagnostics;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Gc;

/// <summary>
/// Long copies beside a thread that allocates and collects, traced: by the engine, and by the same kernel with the GC transition suppressed, so
/// that it is seen what the trace would show if the engine held the collector up.
/// </summary>
internal sealed class GcCostRun(CopyEngine engine, long copyBytes, int rounds, IProgress<PhaseProgress> progress)
{
    internal const int DefaultRounds = 31;

    internal const long DefaultCopyBytes = 1L << 30;

    private readonly List<(Contender Contender, bool Suppressed)> _methods = [];

    /// <param name="file">Where the events are to be kept; null: nowhere.</param>
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
        // What is allocated by the first event of a kind is not a copy's.
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
            .. _methods.Select((method, i) => new GcCostRow
            {
                Method = method.Contender.Name,
                TransitionSuppressed = method.Suppressed,
                CopyMilliseconds = Quartiles.Of(milliseconds[i]),
                AllocatedBytesPerCopy = (double)allocated[i] / rounds,
                DuringCopies = analysis.During(i),
                EveryCopyComplete = complete[i],
            }),
        ];
        return new GcCostReport
        {
            Rounds = rounds,
            CopyBytes = copyBytes,
            BytesPerCollection = AllocatingThread.BytesPerCollection,
            Rows = rows,
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
