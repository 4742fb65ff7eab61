using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Kernels;

/// <summary>What shows a difference between kernels.</summary>
/// <param name="Difference">The difference's name.</param>
/// <param name="FirstKernel">The first kernel that can be modelled and has it.</param>
/// <param name="Before">What kernels before it answer.</param>
/// <param name="After">What it and later ones answer.</param>
/// <param name="Run">Builds the situation and says what happens.</param>
public sealed record KernelDemonstration(string Difference, string FirstKernel, string Before, string After, Func<TestMachine, string> Run)
{
    /// <summary>What one kernel must answer.</summary>
    internal string Expected(KernelVersion kernel)
    {
        Assert.True(KernelVersion.TryParse(FirstKernel, out KernelVersion? first), $"{FirstKernel} cannot be modelled");
        return kernel.IsAtLeast(first) ? After : Before;
    }

    public override string ToString() => Difference;
}
