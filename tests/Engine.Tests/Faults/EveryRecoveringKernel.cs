namespace CopyMc.Engine.Tests.Faults;

/// <summary>The names of all kernels that recover from faults. One that cannot run here is a skipped row with the reason.</summary>
public sealed class EveryRecoveringKernel : TheoryData<string>
{
    /// <summary>Lists them.</summary>
    public EveryRecoveringKernel()
    {
        foreach (CopyKernel kernel in CopyKernel.All.Where(kernel => kernel.RecoversFromFaults))
            Add(new TheoryDataRow<string>(kernel.Name) { Skip = kernel.UnsupportedReason });
    }
}
