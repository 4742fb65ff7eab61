namespace CopyMc;

/// <summary>The vendors' names of CPU features.</summary>
internal static class CpuFeaturesText
{
    internal static string Describe(CpuFeatures features)
    {
        var names = new List<string>();
        if (features.HasFlag(CpuFeatures.Sse2))
            names.Add("SSE2");
        if (features.HasFlag(CpuFeatures.Avx2))
            names.Add("AVX2");
        if (features.HasFlag(CpuFeatures.Avx512))
            names.Add("AVX-512 (F, VL)");
        if (features.HasFlag(CpuFeatures.StringCopy))
            names.Add("fast, recoverable string copy (ERMS)");
        if (features.HasFlag(CpuFeatures.Neon))
            names.Add("NEON");
        return string.Join(" and ", names);
    }
}
