using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Kernels;

/// <summary>Demonstrates a difference between kernels.</summary>
/// <param name="Difference">The difference's name.</param>
/// <param name="FirstKernel">The first modelled kernel with the new behaviour.</param>
/// <param name="Before">The outcome on earlier kernels.</param>
/// <param name="After">The outcome on this kernel and later ones.</param>
/// <param name="Run">Sets up the situation and returns the outcome.</param>
public sealed record KernelDemonstration(string Difference, string FirstKernel, string Before, string After, Func<TestMachine, string> Run)
{
    /// <summary>The expected outcome on a kernel.</summary>
    internal string Expected(KernelVersion kernel)
    {
        Assert.True(KernelVersion.TryParse(FirstKernel, out KernelVersion? first), $"{FirstKernel} cannot be modelled");
        return kernel.IsAtLeast(first) ? After : Before;
    }

    public override string ToString() => Difference;
}
