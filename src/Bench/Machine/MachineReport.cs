namespace CopyMc.Bench.Machine;

/// <summary>The machine, and which parts of CopyMc work on it.</summary>
internal sealed record MachineReport(
    string CpuModel, string Architecture, int LogicalProcessors, IReadOnlyList<string> InstructionSets, IReadOnlyList<CacheReport> Caches, long MemoryBytes,
    long MemoryAvailableBytes, string OperatingSystem, string Runtime, string TransparentHugePages, long HugeTlbPages, long HugeTlbPagesFree,
    string? FaultRecoveryUnsupportedReason, string ChosenKernel, string ChosenKernelReason, IReadOnlyList<KernelReport> Kernels,
    IReadOnlyList<PoisonSourceReport> PoisonSources, IReadOnlyList<FeatureReport> Features)
{
    /// <summary>How long copies are made; null in results that do not record it.</summary>
    public TuningReport? Tuning { get; init; }

    /// <summary>The environment variables of the engine and the runtime that change what is measured, those that are set; null in results that do not record them.</summary>
    public IReadOnlyDictionary<string, string>? Configuration { get; init; }

    /// <summary>How the CPUs run, and what the process may use; null in results that do not record it, and on other systems than Linux.</summary>
    public ProcessorReport? Processors { get; init; }
}
