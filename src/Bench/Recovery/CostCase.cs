using System.Diagnostics;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using HdrHistogram;

namespace CopyMc.Bench.Recovery;

/// <summary>One row while it is measured: a method against poison of one kind in one place, with a batch of copies in each round.</summary>
/// <param name="method">The method.</param>
/// <param name="place">What is poisoned and how.</param>
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

    /// <summary>Enough for the runtime to compile the measured path anew. Nothing is recorded.</summary>
    internal void Rehearse()
    {
        const int Calls = 60;
        using (Peers.InstallIfNeeded(method.Signals))
            new Lane(memory[0], Calls, HasPrefix ? Calls : 0).Run(method.Contender);
    }

    /// <summary>Takes one turn.</summary>
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
        return new CostRow
        {
            Method = method.Contender.Name,
            Role = method.Role,
            Kernel = method.Kernel,
            Source = place.Source,
            Position = place.Position,
            Pages = place.Pages,
            Threads = place.Threads,
            CopyBytes = (long)memory[0].Whole.ByteCount,
            PrefixBytes = (long)memory[0].PoisonStart,
            Samples = _whole.TotalCount,
            PrefixMedianNanoseconds = Quartiles.Of([.. _prefixMedians]).Median,
            WholeCallNanoseconds = Latencies.Of(_whole),
            RecoveryNanoseconds = Latencies.Of(_recovery),
            RatioToFloor = floor is null
                ? null
                : Quartiles.Of([.. _recoveryMedians.Zip(floor.RecoveryMedians, (own, other) => own / other)]),
            Histogram = LatencyBucket.Of(_recovery),
            NotCopiedBytes = notCopied,
            WrongBytes = wrong,
            Exact = exact,
        };
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

    /// <summary>What one thread does, and the times it took, in nanoseconds.</summary>
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
            // Not a TimeSpan, whose ticks are 100 ns long.
            return (Stopwatch.GetTimestamp() - start) * s_nanosecondsPerTick;
        }
    }
}
