using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The machine that a scenario runs on.</summary>
internal sealed record MachineSetup
{
    /// <summary>Whole huge pages.</summary>
    [Bounds(SimulatedMachine.LeastMemory >> 20, 16 << 10)]
    public int MemoryMiB { get; init; } = 16;

    [Bounds(0, 1 << 20)]
    public int SwapPages { get; init; } = 512;

    /// <summary>Pages that the memory control group of the processes and files may hold.</summary>
    [Bounds(0)]
    public long? LimitPages { get; init; }

    public ThpMode Enabled { get; init; } = ThpMode.Madvise;
    public ThpMode ShmemEnabled { get; init; } = ThpMode.Madvise;
    public bool HugePagesAtFault { get; init; }
    public bool ReadOnlyFileThp { get; init; } = true;
    public bool PageTableReclaim { get; init; } = true;
}
