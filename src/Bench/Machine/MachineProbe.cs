using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CopyMc.Bench.Machine;

/// <summary>Describes the machine: from the engine, and on Linux from /proc and /sys. A value that cannot be read is "unknown".</summary>
internal static class MachineProbe
{
    private const string Unknown = "unknown";

    internal static MachineReport Run(CopyEngine engine) => new(
        CpuModel(), RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount, InstructionSets(), CacheProbe.Run(), MemoryLimit,
        MemoryAvailableBytes: Math.Min(Kibibytes("MemAvailable") ?? MemoryLimit, MemoryLimit),
        OperatingSystem: $"{RuntimeInformation.OSDescription}, kernel {KernelRelease()}",
        Runtime: RuntimeInformation.FrameworkDescription,
        TransparentHugePages: Chosen(Read("/sys/kernel/mm/transparent_hugepage/enabled")),
        HugeTlb("nr_hugepages"), HugeTlb("free_hugepages"), FaultRecovery.UnsupportedReason, engine.Kernel.Name, ReasonFor(engine.Kernel),
        [.. CopyKernel.All.Select(kernel => new KernelReport(kernel.Name, kernel.Isa, kernel.RecoversFromFaults, kernel.IsStreaming, kernel.UnsupportedReason))],
        [.. Enum.GetValues<PoisonSource>().Select(source => new PoisonSourceReport(source, PoisonInjector.UnsupportedReason(source)))],
        FeatureProbe.Run())
    {
        Tuning = TuningProbe.Run(),
        Configuration = ConfigurationProbe.Run(Environment.GetEnvironmentVariables()),
        Processors = OperatingSystem.IsLinux() ? new ProcessorProbe().Run(Scheduling.BoundNodes()) : null,
    };

    /// <summary>Memory of the machine, or of the container if that is less.</summary>
    private static long MemoryLimit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static string ReasonFor(CopyKernel kernel) =>
        !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("COPYMC_KERNEL"))
            ? "COPYMC_KERNEL names it"
            : CopyTuning.Current.Kernel == kernel.Name ? "the profile names it"
            : kernel.RecoversFromFaults
                ? $"the first in the order of preference that recovers from faults and runs here ({kernel.Isa})"
                : $"no recovering kernel runs here; the first of the managed ones that does ({kernel.Isa})";

    private static List<string> InstructionSets()
    {
        (string Name, bool Supported)[] all =
        [
            ("SSE2", Sse2.IsSupported), ("AVX", Avx.IsSupported), ("AVX2", Avx2.IsSupported), ("AVX-512F", Avx512F.IsSupported),
            ("AVX-512BW", Avx512BW.IsSupported), ("AVX-512VL", Avx512F.VL.IsSupported),
            ("ERMS", HasLeaf7Bit(register: 1, bit: 9)), ("FSRM", HasLeaf7Bit(register: 3, bit: 4)),
            ("NEON", AdvSimd.IsSupported),
        ];
        return [.. all.Where(set => set.Supported).Select(set => set.Name)];
    }

    /// <summary>On arm64 there is no model name, only the numbers of implementer and part.</summary>
    private static string CpuModel() =>
        Field("/proc/cpuinfo", "model name")
        ?? (Field("/proc/cpuinfo", "CPU part") is { } part ? $"implementer {Field("/proc/cpuinfo", "CPU implementer")}, part {part}" : Unknown);

    /// <summary>CPUID leaf 7, sub-leaf 0; Intel SDM volume 2, CPUID.</summary>
    private static bool HasLeaf7Bit(int register, int bit)
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
            return false;
        (int _, int ebx, int _, int edx) = X86Base.CpuId(7, 0);
        return (((register == 1 ? ebx : edx) >> bit) & 1) != 0;
    }

    private static long? Kibibytes(string name) =>
        Field("/proc/meminfo", name) is { } value && long.TryParse(value.Split(' ')[0], out long kibibytes) ? kibibytes << 10 : null;

    /// <summary>The pool of 2 MiB pages; 0 where the kernel has none.</summary>
    private static long HugeTlb(string file) =>
        long.TryParse(Read($"/sys/kernel/mm/hugepages/hugepages-2048kB/{file}"), out long pages) ? pages : 0;

    private static string KernelRelease() =>
        Read("/proc/sys/kernel/osrelease") is var release && release != Unknown ? release : Environment.OSVersion.Version.ToString();

    /// <summary>The word in brackets, which is the active choice.</summary>
    private static string Chosen(string choices)
    {
        int from = choices.IndexOf('['), to = choices.IndexOf(']');
        return from >= 0 && to > from ? choices[(from + 1)..to] : choices;
    }

    private static string? Field(string path, string name)
    {
        if (!File.Exists(path))
            return null;
        string? line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim();
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Unknown;
        }
    }
}
