namespace CopyMc.Engine.Tests.Copying;

/// <summary>The kernel that an engine chooses, and how to choose another.</summary>
public sealed unsafe class KernelChoiceTests : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable(KernelCatalog.EnvironmentVariable);

    public KernelChoiceTests() => Environment.SetEnvironmentVariable(KernelCatalog.EnvironmentVariable, null);

    public void Dispose() => Environment.SetEnvironmentVariable(KernelCatalog.EnvironmentVariable, _before);

    [Fact]
    public void The_default_recovers_from_faults_wherever_the_stub_works()
    {
        Assert.Equal(FaultRecovery.IsSupported, new CopyEngine().Kernel.RecoversFromFaults);
        Assert.Equal(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason is null);
        Assert.Equal(FaultRecovery.IsSupported, CopyEngine.Shared.Kernel.RecoversFromFaults);
    }

    [Fact]
    public void The_hint_decides_whether_the_default_streams()
    {
        Assert.False(new CopyEngine().Kernel.IsStreaming);
        Assert.True(new CopyEngine(new CopyEngineOptions { Hint = CopyHint.Streaming }).Kernel.IsStreaming);
    }

    [Fact]
    public void Scalar_and_128_bit_vectors_run_everywhere() =>
        Assert.Superset(new HashSet<string> { "scalar", "vector128" }, CopyKernel.Available.Select(kernel => kernel.Name).ToHashSet());

    [Fact]
    public void Available_lists_the_supported_kernels_in_the_same_order() =>
        Assert.Equal(CopyKernel.All.Where(kernel => kernel.IsSupported), CopyKernel.Available);

    [Fact]
    public void Names_are_unique() => Assert.Distinct(CopyKernel.All.Select(kernel => kernel.Name));

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void COPYMC_KERNEL_chooses_by_name(string kernel)
    {
        Environment.SetEnvironmentVariable(KernelCatalog.EnvironmentVariable, $" {kernel.ToUpperInvariant()} ");
        Assert.Same(CopyKernel.Find(kernel), new CopyEngine().Kernel);
        Assert.Same(CopyKernel.Find(kernel), new CopyEngine(new CopyEngineOptions { Hint = CopyHint.Streaming }).Kernel);
    }

    [Fact]
    public void An_option_takes_precedence_over_COPYMC_KERNEL()
    {
        Environment.SetEnvironmentVariable(KernelCatalog.EnvironmentVariable, "vector128");
        Assert.Equal("scalar", Engines.Of("scalar").Kernel.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_COPYMC_KERNEL_is_ignored(string value)
    {
        CopyKernel usual = new CopyEngine().Kernel;
        Environment.SetEnvironmentVariable(KernelCatalog.EnvironmentVariable, value);
        Assert.Same(usual, new CopyEngine().Kernel);
    }

    [Fact]
    public void An_unknown_name_in_COPYMC_KERNEL_throws_with_the_list_of_kernels()
    {
        Environment.SetEnvironmentVariable(KernelCatalog.EnvironmentVariable, "turbo");
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new CopyEngine());
        Assert.Contains(KernelCatalog.EnvironmentVariable, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'turbo'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", refusal.Message, StringComparison.Ordinal);
        Assert.All(CopyKernel.All, kernel => Assert.Contains(kernel.Name, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Find_throws_for_null_and_unknown_names()
    {
        Assert.Throws<ArgumentNullException>(() => CopyKernel.Find(null!));
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => CopyKernel.Find("turbo")).ParamName);
    }

    [Fact]
    public void A_kernel_that_cannot_run_here_throws_with_the_reason()
    {
        CopyKernel[] unsupported = [.. CopyKernel.All.Where(kernel => !kernel.IsSupported)];
        // Each machine lacks one of these instruction sets.
        Assert.NotEmpty(unsupported);
        foreach (CopyKernel kernel in unsupported)
        {
            PlatformNotSupportedException refusal = Assert.Throws<PlatformNotSupportedException>(() => Engines.Of(kernel));
            Assert.Contains(kernel.Name, refusal.Message, StringComparison.Ordinal);
            Assert.Contains(kernel.UnsupportedReason!, refusal.Message, StringComparison.Ordinal);
            Assert.False(string.IsNullOrWhiteSpace(kernel.UnsupportedReason));
        }
    }

    [Fact]
    public void A_missing_instruction_set_is_named()
    {
        string missing = OperatingSystem.IsLinux() && System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported ? "avx2" : "neon";
        Assert.Contains(missing.ToUpperInvariant(), CopyKernel.Find(missing).UnsupportedReason!, StringComparison.Ordinal);
    }

    [Fact]
    public void Recovery_from_segmentation_faults_needs_a_kernel_that_recovers()
    {
        PlatformNotSupportedException refusal = Assert.Throws<PlatformNotSupportedException>(
            () => new CopyEngine(new CopyEngineOptions { Kernel = CopyKernel.Find("scalar"), RecoverSegmentationFaults = true }));
        Assert.Contains("scalar", refusal.Message, StringComparison.Ordinal);
    }
}
