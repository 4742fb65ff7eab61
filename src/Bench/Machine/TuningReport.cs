namespace CopyMc.Bench.Machine;

/// <summary>How long copies are made here. Null bytes: never.</summary>
/// <param name="Source">Which CPU's figures these are, or the profile.</param>
/// <param name="ProfileProblem">Why the profile is not used.</param>
/// <param name="Cpu">Vendor, family and model, as COPYMC_CPU takes them.</param>
/// <param name="StringCopyAboveBytes">The length above which the -erms kernels use one rep movsb.</param>
/// <param name="StringCopyDistance">rep movsb is not used where destination minus source, masked with this, is 1 to 63.</param>
/// <param name="LoopInHalves">Whether the AVX-512 loops move 32 bytes at a time.</param>
/// <param name="StreamsHintedFromBytes">The length from which the streaming kernels stream.</param>
/// <param name="StreamsFromBytes">The length from which copies without the hint stream too.</param>
/// <param name="StreamingPrefetches">Whether streaming loops prefetch.</param>
/// <param name="Kernel">The kernel that the profile names.</param>
/// <param name="StreamingKernel">The streaming kernel that the profile names.</param>
internal sealed record TuningReport(
    string Source, string? ProfileProblem, string Cpu, long? StringCopyAboveBytes, int StringCopyDistance, bool LoopInHalves, long? StreamsHintedFromBytes,
    long? StreamsFromBytes, bool StreamingPrefetches, string? Kernel, string? StreamingKernel);
