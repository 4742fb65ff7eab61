using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CopyMc.Bench.Machine;

/// <summary>Looks at the machine: the engine's own answers, and on Linux what /proc and /sys say. What cannot be read is said to be unknown.</summary>
internal static class MachineProbe
{
    private const string Unknown = "unknown";

    internal static MachineReport Run(CopyEngine engine) => new()
    {
        CpuModel = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        LogicalProcessors = Environment.ProcessorCount,
        InstructionSets = InstructionSets(),
        Caches = Caches(),
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        OperatingSystem = RuntimeInformation.OSDescription,
        Runtime = RuntimeInformation.FrameworkDescription,
        TransparentHugePages = Chosen(Read("/sys/kernel/mm/transparent_hugepage/enabled")),
        HugeTlbPagesFree = long.TryParse(Field("/proc/meminfo", "HugePages_Free"), out long pages) ? pages : 0,
        FaultRecoveryUnsupportedReason = FaultRecovery.UnsupportedReason,
        ChosenKernel = engine.Kernel.Name,
        ChosenKernelReason = ReasonFor(engine.Kernel),
        Kernels = [.. CopyKernel.All.Select(kernel => new KernelReport(
            kernel.Name, kernel.Isa, kernel.RecoversFromFaults, kernel.IsStreaming, kernel.UnsupportedReason))],
        PoisonSources = [.. Enum.GetValues<PoisonSource>().Select(source => new PoisonSourceReport(source, PoisonInjector.UnsupportedReason(source)))],
    };

    private static string ReasonFor(CopyKernel kernel) =>
        !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("COPYMC_KERNEL"))
            ? "COPYMC_KERNEL names it"
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

    /// <summary>CPUID leaf 7, sub-leaf 0; Intel SDM volume 2, CPUID.</summary>
    private static bool HasLeaf7Bit(int register, int bit)
    {
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
            return false;
        (int _, int ebx, int _, int edx) = X86Base.CpuId(7, 0);
        return (((register == 1 ? ebx : edx) >> bit) & 1) != 0;
    }

    private static List<CacheReport> Caches()
    {
        const string Root = "/sys/devices/system/cpu/cpu0/cache";
        var caches = new List<CacheReport>();
        for (int i = 0; Directory.Exists($"{Root}/index{i}"); i++)
        {
            string type = Read($"{Root}/index{i}/type");
            string size = Read($"{Root}/index{i}/size");
            if (type == "Instruction" || !size.EndsWith('K') || !long.TryParse(size[..^1], out long kibibytes))
                continue;
            caches.Add(new CacheReport($"L{Read($"{Root}/index{i}/level")}{(type == "Data" ? "d" : "")}", kibibytes << 10));
        }
        return caches;
    }

    /// <summary>The word in brackets.</summary>
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
