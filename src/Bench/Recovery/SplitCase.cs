using System.Runtime.InteropServices;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using HdrHistogram;

namespace CopyMc.Bench.Recovery;

/// <summary>The measurement of one row of the split.</summary>
internal sealed unsafe partial class SplitCase(string name, CostRole role, nint function, FaultyMemory memory, PoisonSource source, int prefixBytes)
{
    private const string Library = "yardsticks";

    private readonly LongHistogram[] _parts = [.. Enumerable.Range(0, 5).Select(_ => Latencies.NewHistogram())];

    /// <summary>The processor's clock.</summary>
    internal static ulong Now => ReadTicks();

    /// <summary>The floor and every recovering kernel, each without bytes before the poison and with a tail.</summary>
    /// <param name="memory">Poisoned memory, with more than the prefix before the poison.</param>
    /// <param name="source">The source of the poison.</param>
    internal static IReadOnlyList<SplitCase> All(FaultyMemory memory, PoisonSource source)
    {
        // Shorter than the shortest block of a vector kernel, and not a multiple of a vector.
        const int Tail = 1000;
        var all = new List<SplitCase> { new("floor", CostRole.Floor, 0, memory, source, 0) };
        foreach (CopyKernel kernel in CopyKernel.Available.Where(kernel => kernel.RecoversFromFaults))
        {
            nint function = BareKernel.FunctionOf(kernel);
            all.Add(new(kernel.Name, CostRole.Engine, function, memory, source, 0));
            all.Add(new(kernel.Name, CostRole.Engine, function, memory, source, Tail));
        }
        return all;
    }

    /// <summary>Measures one round.</summary>
    /// <param name="samples">How many faults.</param>
    /// <param name="nanosecondsPerTick">Of the processor's clock.</param>
    internal void Run(int samples, double nanosecondsPerTick)
    {
        byte* poison = memory.Source + memory.PoisonStart;
        using IDisposable? handler = Peers.InstallIfNeeded(role == CostRole.Floor ? SignalSetup.Floor : SignalSetup.Engine);
        if (Begin() != 0)
            throw new PlatformNotSupportedException("sigaction(SIGBUS) failed.");
        try
        {
            for (int i = 0; i < samples; i++)
            {
                Ticks ticks = default;
                if (role == CostRole.Floor)
                    Floor(poison, &ticks);
                else
                    _ = Copy(function, memory.Destination, poison - prefixBytes, (nuint)prefixBytes + NativeRegion.PageSize, &ticks);
                ReadOnlySpan<ulong> ends = [ticks.Entered, ticks.Handled, ticks.Resumed, ticks.End];
                ulong start = ticks.Start;
                for (int part = 0; part < ends.Length; part++)
                {
                    Latencies.Record(_parts[part], (ends[part] - start) * nanosecondsPerTick);
                    start = ends[part];
                }
                Latencies.Record(_parts[^1], (ticks.End - ticks.Start) * nanosecondsPerTick);
            }
        }
        finally
        {
            _ = End();
            // Restored through the C library, the engine's handler does not yet return as before.
            FaultRecovery.Enable();
        }
    }

    internal SplitRow ToRow() => new(
        name, role, source, prefixBytes, _parts[0].TotalCount, Latencies.Of(_parts[0]), Latencies.Of(_parts[1]), Latencies.Of(_parts[2]), Latencies.Of(_parts[3]),
        Latencies.Of(_parts[4]));

    [LibraryImport(Library, EntryPoint = "yardstick_split_begin")]
    private static partial int Begin();

    [LibraryImport(Library, EntryPoint = "yardstick_split_end")]
    private static partial int End();

    [LibraryImport(Library, EntryPoint = "yardstick_split_copy")]
    private static partial nuint Copy(nint function, void* destination, void* source, nuint byteCount, Ticks* ticks);

    [LibraryImport(Library, EntryPoint = "yardstick_split_floor")]
    private static partial void Floor(void* address, Ticks* ticks);

    [LibraryImport(Library, EntryPoint = "yardstick_now")]
    private static partial ulong ReadTicks();

    /// <summary>struct yardstick_split.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Ticks
    {
        internal ulong Start;
        internal ulong Entered;
        internal ulong Handled;
        internal ulong Resumed;
        internal ulong End;
    }
}
