using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Kernels;

/// <summary>Where kernels differ, each does what the table says, and nothing else differs there.</summary>
public sealed class KernelDifferenceTests
{
    public static TheoryData<KernelDemonstration, string> Cases() =>
        [.. KernelDemonstrations.All.SelectMany(shown => KernelVersion.All.Select(kernel => (shown, kernel.Name)))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_kernel_does_what_it_does(KernelDemonstration shown, string name)
    {
        Assert.True(KernelVersion.TryParse(name, out KernelVersion? kernel));
        using var test = new TestMachine(hugePages: 24, options: new SimulatedMachineOptions { Kernel = kernel });
        Assert.Equal(shown.Expected(kernel), shown.Run(test));
        if (test.Machine.PanicFrame is null)
            test.ExpectSound();
    }

    [Fact]
    public void Every_difference_is_shown()
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
