namespace CopyMc.Bench.Machine;

/// <summary>What this machine is and what of CopyMc works on it.</summary>
internal sealed record MachineReport
{
    public required string CpuModel { get; init; }
    public required string Architecture { get; init; }
    public required int LogicalProcessors { get; init; }
    public required IReadOnlyList<string> InstructionSets { get; init; }
    public required IReadOnlyList<CacheReport> Caches { get; init; }
    public required long MemoryBytes { get; init; }
    public required long MemoryAvailableBytes { get; init; }
    public required string OperatingSystem { get; init; }
    public required string Runtime { get; init; }
    public required string TransparentHugePages { get; init; }
    public required long HugeTlbPages { get; init; }
    public required long HugeTlbPagesFree { get; init; }
    public required string? FaultRecoveryUnsupportedReason { get; init; }
    public required string ChosenKernel { get; init; }
    public required string ChosenKernelReason { get; init; }
    public required IReadOnlyList<KernelReport> Kernels { get; init; }
    public required IReadOnlyList<PoisonSourceReport> PoisonSources { get; init; }

    /// <summary>What the system can do beyond that; Linux only. Results of earlier versions have none.</summary>
    public IReadOnlyList<FeatureReport>? Features { get; init; }
}
