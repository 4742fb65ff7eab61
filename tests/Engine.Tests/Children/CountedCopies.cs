using System.Diagnostics;
using CopyMc.Diagnostics;
using CopyMc.Engine.Tests.Copying;
using CopyMc.Engine.Tests.Diagnostics;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Copies in a process without other copies, and prints the counters that a listener reads after them, a line each.</summary>
internal static unsafe class CountedCopies
{
    internal const string Long = "long", Short = "short", Hits = "hits", Threads = "threads", Unheard = "unheard", Collapses = "collapses";

    /// <summary>Less than a block, one block, and a few blocks with a long remainder.</summary>
    internal static readonly nuint[] LongLengths = [32769, 100_000, CopyEngine.BlockSize, 2 * CopyEngine.BlockSize + 40_000];

    internal const int ThreadCount = 700;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    internal static int Run(string scenario, string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var source = new NativeRegion(4 * CopyEngine.BlockSize);
        using var destination = new NativeRegion(4 * CopyEngine.BlockSize);
        if (scenario == Unheard)
        {
            CopyAll(engine, source, destination);
            using (new MeterReadings())
                ExpectCounting(true);
            ExpectCounting(false);
            CopyAll(engine, source, destination);
        }

        using var readings = new MeterReadings();
        switch (scenario)
        {
            case Long:
                CopyAll(engine, source, destination);
                break;
            case Short:
                CopyShort(engine, source, destination, readings);
                break;
            case Hits:
                Hit(engine, source, destination);
                break;
            case Threads:
                CopyOnManyThreads(engine, source, destination);
                break;
            case Collapses:
                EngineEventSource.Log.CollapseCommitted();
                EngineEventSource.Log.CollapseAborted(7);
                EngineEventSource.Log.CollapseAborted(8);
                break;
        }
        foreach ((string name, long value) in readings.Read())
            Console.WriteLine($"{name} = {value}");
        return 0;
    }

    private static void CopyAll(CopyEngine engine, NativeRegion source, NativeRegion destination)
    {
        foreach (nuint length in LongLengths)
        {
            _ = engine.Copy(source.Pointer, destination.Pointer, length);
            _ = engine.Copy(source.Pointer, destination.Pointer, length, out _);
        }
    }

    /// <summary>One more copy for each kind of poison, by each overload.</summary>
    private static void Hit(CopyEngine engine, NativeRegion source, NativeRegion destination)
    {
        source.Poison.Mark(100_000);
        _ = engine.Copy(source.Pointer, destination.Pointer, source.Length);
        _ = engine.Copy(source.Pointer + 99_000, destination.Pointer, 4096);
        _ = engine.Copy(source.Pointer, destination.Pointer, source.Length, out _);
        if (!engine.Kernel.RecoversFromFaults)
            return;
        source.Poison.Clear(0, source.Length);
        PoisonInjector.Inject(destination, 81920, PoisonSource.TruncatedMapping);
        _ = engine.Copy(source.Pointer, destination.Pointer, source.Length);
        _ = engine.Copy(source.Pointer, destination.Pointer + 80_000, 8000);
    }

    /// <summary>More threads at the same time than there are cells, and as many again after they have ended.</summary>
    private static void CopyOnManyThreads(CopyEngine engine, NativeRegion source, NativeRegion destination)
    {
        for (int repetition = 0; repetition < 2; repetition++)
        {
            using var everybodyIsThere = new Barrier(ThreadCount);
            Thread[] threads = [.. Enumerable.Range(0, ThreadCount).Select(number => new Thread(() =>
            {
                everybodyIsThere.SignalAndWait();
                for (int i = 0; i < 10; i++)
                    _ = engine.Copy(source.Pointer, destination.Pointer, 40_000);
            }, maxStackSize: 128 * 1024))];
            foreach (Thread thread in threads)
                thread.Start();
            foreach (Thread thread in threads)
                thread.Join();
        }
    }

    /// <summary>Prints the bytes that were copied while the estimate grew, for comparison.</summary>
    private static void CopyShort(CopyEngine engine, NativeRegion source, NativeRegion destination, MeterReadings readings)
    {
        const int WindowsAtLeast = 8;
        long copied = 0;
        var seen = new HashSet<long>();
        long start = Stopwatch.GetTimestamp();
        while (seen.Count < WindowsAtLeast && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            for (int i = 0; i < 100_000; i++)
                _ = engine.Copy(source.Pointer, destination.Pointer, 4096);
            copied += 100_000 * 4096;
            seen.Add(readings.Read()["copymc.memory.copied short"]);
        }
        Console.WriteLine($"copied = {copied}");
    }

    private static void ExpectCounting(bool expected)
    {
        long start = Stopwatch.GetTimestamp();
        while (CopyCounters.LeastCounted != CopyCounters.Nothing != expected)
        {
            if (Stopwatch.GetElapsedTime(start) > s_patience)
                throw new TimeoutException($"Counting is not {expected}.");
            Thread.Sleep(10);
        }
    }
}
