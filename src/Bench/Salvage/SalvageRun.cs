using System.Diagnostics;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Salvage;

/// <summary>Measures salvages in rounds together with their yardsticks: the clean copy and the cheapest fault.</summary>
internal sealed unsafe class SalvageRun : IDisposable
{
    /// <summary>Untimed repetitions before each measurement, because the previous one left other memory in the caches.</summary>
    internal const int Untimed = 4;

    private const int CopiesPerRound = 8, FaultsPerRound = 16;

    private static readonly SalvageOptions s_withLookAhead = new(), s_without = new() { LookAhead = false };

    private readonly CopyEngine _engine;
    private readonly PoisonSource _poison;
    private readonly NativeRegion _clean = new(NativeRegion.HugePageSize);
    private readonly NativeRegion _destination = new(NativeRegion.HugePageSize);
    private readonly NativeRegion _fault = new(NativeRegion.PageSize);
    private readonly SalvageCase[] _cases;

    /// <exception cref="PlatformNotSupportedException">There is no latent poison here, or nothing to measure against.</exception>
    internal SalvageRun(CopyEngine engine)
    {
        _engine = engine;
        LatentPoison latent = LatentPoison.For(engine);
        _poison = latent.Free ?? throw new PlatformNotSupportedException($"There is no latent poison here: {latent.SkippedReason}.");
        if (!Yardsticks.IsAvailable)
            throw new PlatformNotSupportedException("libyardsticks.so, the floor of a fault, is needed, which needs a C compiler to build.");
        _clean.Span.Fill(1);
        PoisonInjector.Inject(_fault, 0, _poison);
        _cases =
        [
            new SalvageCase(1, SalvageLayout.Spread, _poison, _destination),
            new SalvageCase(10, SalvageLayout.Spread, _poison, _destination),
            new SalvageCase(256, SalvageLayout.Spread, _poison, _destination),
            new SalvageCase(256, SalvageLayout.Together, _poison, _destination),
        ];
    }

    public void Dispose()
    {
        foreach (SalvageCase one in _cases)
            one.Dispose();
        _clean.Dispose();
        _destination.Dispose();
        _fault.Dispose();
    }

    internal SalvageReport Run(int rounds, IProgress<PhaseProgress> progress)
    {
        progress.Report(new PhaseProgress("warming up", 0));
        // Until the runtime has optimized all of the code.
        for (int tier = 0; tier < 3; tier++)
        {
            for (int i = 0; i < 40; i++)
                _ = Measure(i);
            Thread.Sleep(TimeSpan.FromMilliseconds(200));
        }

        var measured = new List<RoundTimes>();
        for (int round = 0; round < rounds; round++)
        {
            progress.Report(new PhaseProgress($"round {round + 1} of {rounds}", (double)round / rounds));
            measured.Add(Measure(round));
        }
        SalvageRow[] rows = [.. _cases.Select((one, i) => ToRow(one, i, measured))];
        return new SalvageReport(rounds, _poison, Microseconds(measured.Select(times => times.Clean)), Microseconds(measured.Select(times => times.Floor)), rows)
        {
            EveryCheckHeld = rows.All(row => row.Exact),
        };
    }

    /// <summary>Times everything once, in nanoseconds, each round in another order.</summary>
    private RoundTimes Measure(int round)
    {
        var times = new RoundTimes(new double[_cases.Length], new double[_cases.Length]);
        int parts = 2 + 2 * _cases.Length;
        for (int i = 0; i < parts; i++)
        {
            int part = (i + round) % parts;
            if (part == 0)
                times.Clean = TimeClean();
            else if (part == 1)
                times.Floor = TimeFloor();
            else if (part % 2 == 0)
                times.With[part / 2 - 1] = _cases[part / 2 - 1].Time(_engine, s_withLookAhead);
            else
                times.Without[part / 2 - 1] = _cases[part / 2 - 1].Time(_engine, s_without);
        }
        return times;
    }

    private double TimeClean()
    {
        for (int i = 0; i < Untimed; i++)
            _ = _engine.Copy(_clean.Pointer, _destination.Pointer, _clean.Length);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < CopiesPerRound; i++)
            _ = _engine.Copy(_clean.Pointer, _destination.Pointer, _clean.Length);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / CopiesPerRound;
    }

    private double TimeFloor()
    {
        if (Yardsticks.FloorBegin() != 0)
            throw new IOException("The floor's handler could not be installed.");
        for (int i = 0; i < Untimed; i++)
            Yardsticks.FloorFault(_fault.Pointer);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < FaultsPerRound; i++)
            Yardsticks.FloorFault(_fault.Pointer);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds / FaultsPerRound;
        Yardsticks.FloorEnd();
        return elapsed;
    }

    private SalvageRow ToRow(SalvageCase one, int index, List<RoundTimes> measured)
    {
        Quartiles Ratio(Func<RoundTimes, double> salvage) => Quartiles.Of([.. measured.Select(times => salvage(times) / (times.Clean + one.BadPages * times.Floor))]);
        return new SalvageRow(
            one.BadPages, one.Layout, Microseconds(measured.Select(times => times.With[index])), Microseconds(measured.Select(times => times.Without[index])),
            Ratio(times => times.With[index]), Ratio(times => times.Without[index]),
            one.IsExact(_engine, s_withLookAhead) && one.IsExact(_engine, s_without));
    }

    private static Quartiles Microseconds(IEnumerable<double> nanoseconds) => Quartiles.Of([.. nanoseconds.Select(time => time / 1e3)]);

    /// <summary>The times of one round: for each case with and without looking ahead.</summary>
    private sealed record RoundTimes(double[] With, double[] Without)
    {
        internal double Clean { get; set; }

        internal double Floor { get; set; }
    }
}
