using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CopyMc;

/// <summary>All kernels in order of preference, and the choice of one.</summary>
internal static unsafe class KernelCatalog
{
    internal const string EnvironmentVariable = "COPYMC_KERNEL";

    internal static readonly CopyKernel[] All =
    [
        // In the stub: these recover. The default for each hint is the first that runs here.
        Native("native-avx512-erms", CpuFeatures.Avx512 | CpuFeatures.StringCopy),
        Native("native-avx2-erms", CpuFeatures.Avx2 | CpuFeatures.StringCopy),
        Native("native-avx512", CpuFeatures.Avx512),
        Native("native-avx2", CpuFeatures.Avx2),
        Native("native-sse2", CpuFeatures.Sse2),
        Native("native-rep-movsb", CpuFeatures.Sse2),
        Native("native-neon", CpuFeatures.Neon),
        Native("native-avx512-streaming", CpuFeatures.Avx512, isStreaming: true),
        Native("native-avx2-streaming", CpuFeatures.Avx2, isStreaming: true),
        Native("native-sse2-streaming", CpuFeatures.Sse2, isStreaming: true),
        Native("native-neon-streaming", CpuFeatures.Neon, isStreaming: true),

        // Managed: these run wherever .NET does and do not recover.
        new("avx512", "AVX-512", Vector512.IsHardwareAccelerated && Avx512F.IsSupported, &Avx512Kernel.Copy),
        new("avx2", "AVX2", Avx2.IsSupported, &Avx2Kernel.Copy),
        new("neon", "NEON", AdvSimd.Arm64.IsSupported, &NeonKernel.Copy),
        new("vector128", "128-bit vectors", Vector128.IsHardwareAccelerated, &Vector128Kernel.Copy),
        new("scalar", "no vectors", true, &ScalarKernel.Copy),
        new("avx512-streaming", "AVX-512", Vector512.IsHardwareAccelerated && Avx512F.IsSupported, &Avx512StreamingKernel.Copy, isStreaming: true),
        new("avx2-streaming", "AVX2", Avx2.IsSupported, &Avx2StreamingKernel.Copy, isStreaming: true),
        new("neon-streaming", "NEON", AdvSimd.Arm64.IsSupported, &NeonStreamingKernel.Copy, isStreaming: true),
    ];

    internal static readonly CopyKernel[] Available = [.. All.Where(kernel => kernel.IsSupported)];

    /// <summary>The kernel that <c>COPYMC_KERNEL</c> names, else the one that the profile names for the hint, else the preferred one.</summary>
    /// <exception cref="ArgumentException">The variable names no kernel.</exception>
    internal static CopyKernel Choose(CopyHint hint)
    {
        string? forced = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.IsNullOrWhiteSpace(forced))
        {
            bool streams = hint == CopyHint.Streaming;
            string? profile = streams ? CopyTuning.Current.StreamingKernel : CopyTuning.Current.Kernel;
            // Without the stub and AVX2 no kernel streams.
            return profile is not null ? TryFind(profile)! : Available.FirstOrDefault(kernel => kernel.IsStreaming == streams) ?? Available[0];
        }
        string name = forced.Trim();
        // The name is not a parameter, so the message names the variable.
        return TryFind(name) ?? throw new ArgumentException($"{EnvironmentVariable}: {DescribeUnknown(name)}");
    }

    internal static CopyKernel? TryFind(string name) =>
        Array.Find(All, kernel => string.Equals(kernel.Name, name, StringComparison.OrdinalIgnoreCase));

    internal static string DescribeUnknown(string name) =>
        $"There is no copy kernel '{name}'. Known are: {string.Join(", ", All.Select(kernel => kernel.Name))}.";

    private static CopyKernel Native(string name, CpuFeatures needed, bool isStreaming = false)
    {
        string suffix = name["native-".Length..].Replace('-', '_'), export = $"mce_copy_{suffix}";
        nint function = MceStub.FindKernel(export);
        CpuFeatures lacking = needed & ~MceStub.CpuFeatures;
        string? missing =
            !MceStub.IsLoaded ? MceStub.NotLoadedReason
            : lacking != 0 ? $"this machine lacks {CpuFeaturesText.Describe(lacking)}."
            : function == 0 ? $"the native stub does not have {export}."
            : null;
        return new CopyKernel(name, CpuFeaturesText.Describe(needed), missing, function, MceStub.FindKernel($"mce_checked_{suffix}"), isStreaming);
    }
}
