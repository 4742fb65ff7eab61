using CopyMc.Bench.Documents;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Machine;

/// <summary>The machine in words.</summary>
internal static class MachineDescription
{
    /// <summary>The system, and each kernel, source of faults and feature with what is missing for it.</summary>
    internal static void Write(Document document, MachineReport machine, DateTimeOffset measuredAt)
    {
        document.Section("Machine");
        document.Facts([.. System(machine), ("time", $"{measuredAt:yyyy-MM-dd HH:mm} UTC")]);
        document.Details("Kernels, sources of faults and features", () =>
        {
            document.Table(machine.Kernels, table => table
                .Words("kernel", kernel => kernel.Name)
                .Words("needs", kernel => kernel.Isa)
                .Words("recovers", kernel => kernel.RecoversFromFaults ? "yes" : "no")
                .Words("streaming", kernel => kernel.IsStreaming ? "yes" : "no")
                .Words("here", kernel => Here(kernel.UnsupportedReason)));
            document.Table(machine.PoisonSources, table => table
                .Words("source of faults", source => source.Source.ToString())
                .Words("here", source => Here(source.UnsupportedReason)));
            document.Table(machine.Features, table => table
                .Words("feature", feature => feature.Name)
                .Words("used for", feature => feature.UsedFor)
                .Words("here", feature => Here(feature.UnsupportedReason)));
        });
    }

    /// <summary>The system, and the names of kernels and sources.</summary>
    internal static void WriteShort(Document document, MachineReport machine) => document.Facts(
    [
        .. System(machine),
        ("recovering kernels", Names(machine.Kernels.Where(kernel => kernel.UnsupportedReason is null && kernel.RecoversFromFaults))),
        ("managed kernels", Names(machine.Kernels.Where(kernel => kernel.UnsupportedReason is null && !kernel.RecoversFromFaults))),
        .. machine.Kernels.Where(kernel => kernel.UnsupportedReason is not null).GroupBy(kernel => kernel.UnsupportedReason!)
            .Select(group => ("kernels not here", $"{Names(group)}: {group.Key.TrimEnd('.')}")),
        .. machine.PoisonSources.Select(source => ($"{source.Source} poison", Here(source.UnsupportedReason))),
    ]);

    /// <summary>How long copies are made.</summary>
    internal static (string Name, string Value)[] LongCopies(TuningReport? tuning) => tuning is null ? [] :
    [
        ("long copies", $"as for {tuning.Source} ({tuning.Cpu})"),
        .. Problem(tuning.ProfileProblem),
        ("rep movsb", tuning.StringCopyAboveBytes is { } above ? $"above {Units.Bytes(above)}, unless destination minus source mod {tuning.StringCopyDistance + 1} is 1 to 63" : "never"),
        ("streaming", $"with the hint from {From(tuning.StreamsHintedFromBytes)}, without it from {From(tuning.StreamsFromBytes)}; {(tuning.StreamingPrefetches ? "with prefetches" : "eight vectors at a time")}"),
    ];

    private static (string Name, string Value)[] System(MachineReport machine) =>
    [
        ("CPU", $"{machine.CpuModel}, {machine.Architecture}, {Units.Count(machine.LogicalProcessors, "logical processor")}"),
        .. ProcessorDescription.Facts(machine.Processors),
        ("caches", machine.Caches.Count == 0 ? "unknown" : string.Join(", ", machine.Caches.Select(cache => $"{cache.Name} {Units.Bytes(cache.SizeBytes)}"))),
        ("instruction sets", string.Join(", ", machine.InstructionSets)),
        ("memory", $"{Units.Bytes(machine.MemoryBytes)}, {Units.Bytes(machine.MemoryAvailableBytes)} available"),
        ("huge pages", $"transparent: {machine.TransparentHugePages}; hugetlb pool: {machine.HugeTlbPages} of 2 MiB, {machine.HugeTlbPagesFree} free"),
        ("system", $"{machine.OperatingSystem}; {machine.Runtime}"),
        ("native stub", machine.FaultRecoveryUnsupportedReason is { } reason ? $"no: {reason}" : "yes: copies recover from faults"),
        ("chosen kernel", $"{machine.ChosenKernel}: {machine.ChosenKernelReason}"),
        .. LongCopies(machine.Tuning),
    ];

    private static (string Name, string Value)[] Problem(string? problem) => problem is null ? [] : [("profile", $"not used: {problem}")];

    private static string From(long? bytes) => bytes is { } length ? Units.Bytes(length) : "no length on";

    private static string Names(IEnumerable<KernelReport> kernels) =>
        kernels.Any() ? string.Join(", ", kernels.Select(kernel => kernel.Name)) : "none";

    private static string Here(string? unsupportedReason) => unsupportedReason is null ? "yes" : $"no: {unsupportedReason.TrimEnd('.')}";
}
