namespace CopyMc;

/// <summary>CPU features that the native kernels need, as the stub detects them; <c>enum mce_cpu_feature</c> in mce_stub.h.</summary>
[Flags]
internal enum CpuFeatures : uint
{
    None = 0,
    Sse2 = 1,
    Avx2 = 2,
    Avx512 = 4,
    /// <summary>Fast string copy (ERMS) on a CPU that can recover from a machine check inside it.</summary>
    StringCopy = 8,
    Neon = 16,
}
