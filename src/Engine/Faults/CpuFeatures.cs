namespace CopyMc;

/// <summary>What the native kernels need from the CPU, as the stub found it; <c>enum mce_cpu_feature</c> in mce_stub.h.</summary>
[Flags]
internal enum CpuFeatures : uint
{
    None = 0,
    Sse2 = 1,
    Avx2 = 2,
    Avx512 = 4,
    /// <summary>Fast string copy (ERMS) on a CPU on which a machine check inside it can be recovered from.</summary>
    StringCopy = 8,
    Neon = 16,
}
