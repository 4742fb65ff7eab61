using System.Text.Json.Serialization;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The machine that a scenario runs on.</summary>
internal sealed record MachineSetup
{
    public int MemoryMiB { get; set; } = 16;
    public int SwapPages { get; set; } = 512;

    /// <summary>Pages that the memory control group of the processes and files may hold.</summary>
    public long? LimitPages { get; init; }

    public ThpMode Enabled { get; set; } = ThpMode.Madvise;
    public ThpMode ShmemEnabled { get; set; } = ThpMode.Madvise;
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HugePagesAtFault { get; init; }
    public bool ReadOnlyFileThp { get; set; } = true;
    public bool PageTableReclaim { get; set; } = true;
}
