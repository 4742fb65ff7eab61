using System.Diagnostics;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using HdrHistogram;

namespace CopyMc.Bench.Recovery;

/// <summary>The measurement of one row: a method against poison of one kind in one place, with a batch of copies in each round.</summary>
/// <param name="method">The method.</param>
/// <param name="place">What is poisoned.</param>
/// <param name="memory">A source and a destination for each thread.</param>
internal sealed class CostCase(CostMethod method, CostPlace place, IReadOnlyList<FaultyMemory> memory)
{
    private readonly LongHistogram _whole = Latencies.NewHistogram();
    private readonly LongHistogram _recovery = Latencies.NewHistogram();
    private readonly List<double> _prefixMedians = [];
    private readonly List<double> _recoveryMedians = [];

    internal CostMethod Method => method;

    internal CostPlace Place => place;

    internal IReadOnlyList<double> RecoveryMedians => _recoveryMedians;

    private bool HasPrefix => method.Role != CostRole.Floor && memory[0].PoisonStart != 0;

    /// <summary>Runs until the runtime has optimized the measured code. Nothing is recorded.</summary>
    internal void Rehearse()
    {
        const int Calls = 60;
        using (Peers.InstallIfNeeded(method.Signals))
            new Lane(memory[0], Calls, HasPrefix ? Calls : 0).Run(method.Contender);
    }

    /// <summary>Measures one round.</summary>
    internal void Run(int samples)
    {
        Lane[] lanes = [.. memory.Select(own => new Lane(own, samples, HasPrefix ? samples / 4 + 1 : 0))];
        using (Peers.InstallIfNeeded(method.Signals))
        {
            if (lanes.Length == 1)
                lanes[0].Run(method.Contender);
            else
                RunTogether(lanes);
        }

        double prefix = HasPrefix ? Quartiles.Of([.. lanes.SelectMany(lane => lane.Prefix)]).Median : 0;
        double[] whole = [.. lanes.SelectMany(lane => lane.Whole)];
        foreach (double time in whole)
        {
            Latencies.Record(_whole, time);
            Latencies.Record(_recovery, time - prefix);
        }
        _prefixMedians.Add(prefix);
        _recoveryMedians.Add(Math.Max(1, Quartiles.Of(whole).Median - prefix));
    }

    internal CostRow ToRow(CostCase? floor)
    {
        (long notCopied, long wrong, bool exact) = method.Role == CostRole.Floor ? ((long)memory[0].Whole.ByteCount, 0, true) : Check();
        return new CostRow(
            method.Contender.Name, method.Role, method.Kernel, place.Source, place.Position, place.Pages, place.Threads,
            CopyBytes: (long)memory[0].Whole.ByteCount, PrefixBytes: (long)memory[0].PoisonStart, _whole.TotalCount, Quartiles.Of([.. _prefixMedians]).Median,
            Latencies.Of(_whole), Latencies.Of(_recovery),
            RatioToFloor: floor is null ? null : Quartiles.Of([.. _recoveryMedians.Zip(floor.RecoveryMedians, (own, other) => own / other)]),
            LatencyBucket.Of(_recovery), notCopied, wrong, exact);
    }

    private (long, long, bool) Check()
    {
        using (Peers.InstallIfNeeded(method.Signals))
            return memory[0].Check(method.Contender);
    }

    private void RunTogether(Lane[] lanes)
    {
        using var start = new Barrier(lanes.Length);
        Thread[] threads =
        [
            .. lanes.Select(lane => new Thread(() =>
            {
                start.SignalAndWait();
                lane.Run(method.Contender);
            })),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }

    /// <summary>The copies of one thread, and their times in nanoseconds.</summary>
    private sealed class Lane(FaultyMemory memory, int samples, int prefixSamples)
    {
        private static readonly double s_nanosecondsPerTick = 1e9 / Stopwatch.Frequency;

        internal double[] Whole { get; } = new double[samples];

        internal double[] Prefix { get; } = new double[prefixSamples];

        internal void Run(Contender contender)
        {
            AccessPattern whole = memory.Whole, prefix = memory.Prefix;
            for (int i = 0; i < Whole.Length; i++)
            {
                if (i < Prefix.Length)
                    Prefix[i] = Time(contender, prefix);
                Whole[i] = Time(contender, whole);
                memory.Forget();
            }
        }

        private static double Time(Contender contender, in AccessPattern pattern)
        {
            long start = Stopwatch.GetTimestamp();
            _ = contender.CopyOnce(pattern);
            // A TimeSpan has ticks of 100 ns.
            return (Stopwatch.GetTimestamp() - start) * s_nanosecondsPerTick;
        }
    }
}
