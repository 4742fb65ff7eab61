using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Kernels;

/// <summary>Each kernel behaves as the table of differences says, and the table is complete.</summary>
public sealed class KernelDifferenceTests
{
    public static TheoryData<KernelDemonstration, string> Cases() =>
        [.. KernelDemonstrations.All.SelectMany(shown => KernelVersion.All.Select(kernel => (shown, kernel.Name)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_kernel_behaves_as_the_table_says(KernelDemonstration shown, string name)
    {
        Assert.True(KernelVersion.TryParse(name, out KernelVersion? kernel));
        using var test = new TestMachine(hugePages: 24, options: new SimulatedMachineOptions { Kernel = kernel });
        Assert.Equal(shown.Expected(kernel), shown.Run(test));
        if (test.Machine.PanicFrame is null)
            test.ExpectSound();
    }

    [Fact]
    public void Every_difference_has_a_demonstration()
    {
        Assert.Equal(
            KernelBehavior.Differences.Select(difference => difference.Name).Order(), KernelDemonstrations.All.Select(shown => shown.Difference).Order());
    }

    [Fact]
    public void Every_behaviour_is_in_the_table()
    {
        Assert.Equal(
            typeof(KernelBehavior).GetProperties().Where(property => property.PropertyType == typeof(bool)).Select(property => property.Name).Order(),
            KernelBehavior.Differences.Select(difference => difference.Name).Order());
    }
}
