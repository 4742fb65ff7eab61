using System.Diagnostics;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measurement;
using CopyMc.Bench.Recovery;

namespace CopyMc.Bench.SalvageCost;

/// <summary>Salvages in turns with what they are measured against: the clean copy and the cheapest fault.</summary>
internal sealed unsafe class SalvageRun : IDisposable
{
    /// <summary>How often each does the same before it is timed: what took its turn before has other memory in the caches.</summary>
    internal const int Untimed = 4;

    private const int CopiesPerTurn = 8, FaultsPerTurn = 16;

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
            throw new PlatformNotSupportedException("libyardsticks.so, the floor of a fault, is needed: it takes a C compiler to build it.");
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

    internal SalvageReport Run(int rounds, DateTimeOffset startedAt, MachineReport machine, IProgress<PhaseProgress> progress)
    {
        long started = Stopwatch.GetTimestamp();
        progress.Report(new PhaseProgress("warming up", 0));
        // Until all code on the way is compiled for good.
        for (int tier = 0; tier < 3; tier++)
        {
            for (int i = 0; i < 40; i++)
                _ = Measure(i);
            Thread.Sleep(TimeSpan.FromMilliseconds(200));
        }

        var turns = new List<Turn>();
        for (int round = 0; round < rounds; round++)
        {
            progress.Report(new PhaseProgress($"round {round + 1} of {rounds}", (double)round / rounds));
            turns.Add(Measure(round));
        }
        SalvageRow[] rows = [.. _cases.Select((one, i) => ToRow(one, i, turns))];
        return new SalvageReport
        {
            StartedAt = startedAt,
            Machine = machine,
            Rounds = rounds,
            Poison = _poison,
            CleanCopyMicroseconds = Microseconds(turns.Select(turn => turn.Clean)),
            FloorFaultMicroseconds = Microseconds(turns.Select(turn => turn.Floor)),
            Salvages = rows,
            TotalSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
            EveryCheckHeld = rows.All(row => row.Exact),
        };
    }

    /// <summary>Everything once, another one first each time; in nanoseconds.</summary>
    private Turn Measure(int round)
    {
        var turn = new Turn(new double[_cases.Length], new double[_cases.Length]);
        int parts = 2 + 2 * _cases.Length;
        for (int i = 0; i < parts; i++)
        {
            int part = (i + round) % parts;
            if (part == 0)
                turn.Clean = TimeClean();
            else if (part == 1)
                turn.Floor = TimeFloor();
            else if (part % 2 == 0)
                turn.With[part / 2 - 1] = _cases[part / 2 - 1].Time(_engine, s_withLookAhead);
            else
                turn.Without[part / 2 - 1] = _cases[part / 2 - 1].Time(_engine, s_without);
        }
        return turn;
    }

    private double TimeClean()
    {
        for (int i = 0; i < Untimed; i++)
            _ = _engine.Copy(_clean.Pointer, _destination.Pointer, _clean.Length);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < CopiesPerTurn; i++)
            _ = _engine.Copy(_clean.Pointer, _destination.Pointer, _clean.Length);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / CopiesPerTurn;
    }

    private double TimeFloor()
    {
        if (Yardsticks.FloorBegin() != 0)
            throw new IOException("The floor's handler could not be installed.");
        for (int i = 0; i < Untimed; i++)
            Yardsticks.FloorFault(_fault.Pointer);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < FaultsPerTurn; i++)
            Yardsticks.FloorFault(_fault.Pointer);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds / FaultsPerTurn;
        _ = Yardsticks.FloorEnd();
        return elapsed;
    }

    private SalvageRow ToRow(SalvageCase one, int index, List<Turn> turns) => new()
    {
        BadPages = one.BadPages,
        Layout = one.Layout,
        Microseconds = Microseconds(turns.Select(turn => turn.With[index])),
        MicrosecondsWithoutLookAhead = Microseconds(turns.Select(turn => turn.Without[index])),
        RatioToFloor = Quartiles.Of([.. turns.Select(turn => turn.With[index] / (turn.Clean + one.BadPages * turn.Floor))]),
        RatioToFloorWithoutLookAhead = Quartiles.Of([.. turns.Select(turn => turn.Without[index] / (turn.Clean + one.BadPages * turn.Floor))]),
        Exact = one.IsExact(_engine, s_withLookAhead) && one.IsExact(_engine, s_without),
    };

    private static Quartiles Microseconds(IEnumerable<double> nanoseconds) => Quartiles.Of([.. nanoseconds.Select(time => time / 1e3)]);

    /// <summary>The times of one round: for each case with and without looking ahead.</summary>
    private sealed record Turn(double[] With, double[] Without)
    {
        internal double Clean { get; set; }

        internal double Floor { get; set; }
    }
}
