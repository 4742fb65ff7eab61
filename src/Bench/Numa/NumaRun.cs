using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Numa;

/// <summary>Times every pair of a node's CPUs and a node's memory in each round.</summary>
internal sealed class NumaRun(CopyEngine engine, MeasurementSettings settings, IProgress<PhaseProgress> progress)
{
    /// <summary>Timings before the first round, until the runtime has optimized the code and the memory is warm.</summary>
    private const int Untimed = 60;

    /// <param name="processors">The nodes, and what the process may use; null where that is not known.</param>
    internal NumaReport Run(ProcessorReport? processors)
    {
        PoisonSource? poison = LatentPoison.For(engine).Free;
        (int Node, int[] Cpus)[] places = Places(processors);
        int[] memoryNodes = MemoryNodes(processors);
        // A pool beyond the caches, in all nodes together not larger than that of other benchmarks.
        nuint pool = (nuint)Math.Max(MeasurementSettings.SmallestPoolBytes, settings.PoolBytes / memoryNodes.Length) & ~(nuint)(NativeRegion.HugePageSize - 1);
        NumaMemory[] memories = [.. memoryNodes.Select(node => new NumaMemory(node, processors?.Nodes.Count > 0, pool, poison))];
        try
        {
            Times[][] times = [.. places.Select(place => OnCpus(place.Cpus, place.Node, memories))];
            NumaCell[] cells = [.. places.SelectMany((place, i) => memories.Select((memory, j) => Cell(place.Node, memory.Node, times[i][j], Local(times[i], place.Node, memories))))];
            return new NumaReport(settings.Rounds, poison, cells) { EveryCheckHeld = cells.All(cell => cell.Exact) };
        }
        finally
        {
            foreach (NumaMemory memory in memories)
                memory.Dispose();
        }
    }

    /// <summary>The nodes with CPUs that the process may use; one of unknown CPUs where the kernel shows no nodes.</summary>
    internal static (int Node, int[] Cpus)[] Places(ProcessorReport? processors)
    {
        int[] allowed = ProcessorProbe.Numbers(processors?.AllowedCpus ?? "");
        (int Node, int[] Cpus)[] places =
        [
            .. (processors?.Nodes ?? []).Select(node => (node.Node, Cpus: ProcessorProbe.Numbers(node.Cpus).Intersect(allowed).ToArray())).Where(place => place.Cpus.Length > 0),
        ];
        return places.Length > 0 ? places : [(0, [])];
    }

    /// <summary>The nodes with memory that the process may use.</summary>
    internal static int[] MemoryNodes(ProcessorReport? processors)
    {
        int[] allowed = ProcessorProbe.Numbers(processors?.BoundToNodes ?? processors?.AllowedNodes ?? "");
        int[] nodes = [.. (processors?.Nodes ?? []).Where(node => node.MemoryBytes > 0).Select(node => node.Node).Intersect(allowed)];
        return nodes.Length > 0 ? nodes : [0];
    }

    /// <summary>On a thread of its own, which alone runs on these CPUs.</summary>
    private Times[] OnCpus(int[] cpus, int node, NumaMemory[] memories)
    {
        Times[] times = [.. memories.Select(_ => new Times())];
        string? problem = null;
        var thread = new Thread(() =>
        {
            problem = cpus.Length == 0 ? null : Scheduling.RunOn(cpus);
            for (int round = -Untimed; problem is null && round < settings.Rounds; round++)
            {
                for (int i = 0; i < memories.Length; i++)
                {
                    int index = (i + round + Untimed) % memories.Length;
                    times[index].Add(memories[index], engine, isTimed: round >= 0);
                }
                if (round >= 0)
                    progress.Report(new PhaseProgress($"on node {node}", (round + 1.0) / settings.Rounds));
            }
        });
        thread.Start();
        thread.Join();
        return problem is null ? times : throw new PlatformNotSupportedException($"The CPUs of node {node} cannot be used: {problem}.");
    }

    private static Times? Local(Times[] times, int node, NumaMemory[] memories) =>
        Array.FindIndex(memories, memory => memory.Node == node) is >= 0 and var index ? times[index] : null;

    private static NumaCell Cell(int cpuNode, int memoryNode, Times times, Times? local)
    {
        var copy = Quartiles.Of([.. times.Copies.Select(time => time / 1e3)]);
        return new NumaCell(
            cpuNode, memoryNode, copy, NativeRegion.HugePageSize / (double)(1 << 30) / (copy.Median / 1e6),
            times.Recoveries.Count > 0 ? Quartiles.Of([.. times.Recoveries.Select(time => time / 1e3)]) : null,
            local is not null ? Quartiles.Of([.. times.Copies.Zip(local.Copies, (time, near) => time / near)]) : null,
            times.Exact);
    }

    /// <summary>The times of one cell, in nanoseconds, by round.</summary>
    private sealed class Times
    {
        private bool _exact = true;

        internal List<double> Copies { get; } = [];

        internal List<double> Recoveries { get; } = [];

        internal bool Exact => _exact;

        internal void Add(NumaMemory memory, CopyEngine engine, bool isTimed)
        {
            double copy = memory.TimeCopy(engine, ref _exact);
            double? recovery = memory.TimeRecovery(engine, ref _exact);
            if (!isTimed)
                return;
            Copies.Add(copy);
            if (recovery is { } time)
                Recoveries.Add(time);
        }
    }
}
