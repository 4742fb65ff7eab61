using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>The values that decide how long copies are made.</summary>
public sealed unsafe class CopyTuningTests
{
    /// <summary>The managed streaming kernels that run here, with and without prefetches.</summary>
    public static TheoryData<string, bool> ManagedForms =>
        [.. CopyKernel.Available.Where(kernel => kernel.IsStreaming && !kernel.RecoversFromFaults).SelectMany(kernel => new[] { (kernel.Name, false), (kernel.Name, true) })];

    [Fact]
    public void They_are_those_of_the_stub()
    {
        CopyTuning tuning = CopyTuning.Current;
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        Assert.True(tuning.StringCopyDistance is 63 or 4095);
        Assert.InRange(tuning.StreamsHintedFrom, 1u, CopyEngine.BlockSize);
        Assert.Contains("measured", tuning.Source, StringComparison.Ordinal);
        Assert.Null(tuning.ProfileProblem);
        string vendor = tuning.Cpu.Split(' ')[0];
        Assert.Contains(vendor, RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ["AMD", "Intel", "other"] : (string[])["ARM", "other"]);
        if (X86Base.IsSupported)
            Assert.EndsWith($" {Model()}", tuning.Cpu, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ManagedForms))]
    public void A_managed_kernel_copies_right_in_every_form(string kernel, bool prefetches)
    {
        (nuint from, bool before) = (ManagedStreaming.From, ManagedStreaming.Prefetches);
        CopyEngine engine = Engines.Of(kernel);
        using var source = new NativeRegion(64 << 10);
        using var destination = new NativeRegion(64 << 10);
        Pattern.Fill(source.Span, seed: 3);
        try
        {
            (ManagedStreaming.From, ManagedStreaming.Prefetches) = (128, prefetches);
            foreach (int length in (int[])[127, 128, 129, 191, 192, 1000, 4096, 8191, 8192, 8193, 9000, 12_345, 40_000])
            {
                foreach ((int from, int to) offset in ((int, int)[])[(0, 0), (1, 0), (0, 1), (63, 7), (31, 32)])
                {
                    destination.Span.Fill(Pattern.Canary);
                    Assert.Equal(0u, engine.Copy(source.Pointer + offset.from, destination.Pointer + offset.to, (nuint)length));
                    Assert.True(destination.Span.Slice(offset.to, length).SequenceEqual(source.Span.Slice(offset.from, length)), $"{length} {offset}");
                    Assert.False(destination.Span[..offset.to].ContainsAnyExcept(Pattern.Canary));
                    Assert.False(destination.Span[(offset.to + length)..].ContainsAnyExcept(Pattern.Canary));
                }
            }
        }
        finally
        {
            (ManagedStreaming.From, ManagedStreaming.Prefetches) = (from, before);
        }
    }

    /// <summary>CPUID leaf 1, as in the Intel SDM.</summary>
    private static string Model()
    {
        uint eax = (uint)X86Base.CpuId(1, 0).Eax;
        return $"{((eax >> 8) & 15) + ((eax >> 20) & 255)} {((eax >> 4) & 15) | ((eax >> 12) & 0xf0)}";
    }
}
