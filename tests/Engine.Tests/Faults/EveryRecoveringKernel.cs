namespace CopyMc.Engine.Tests.Faults;

/// <summary>The name of every kernel that recovers from faults; one that cannot run here is a skipped row that says why.</summary>
public sealed class EveryRecoveringKernel : TheoryData<string>
{
    /// <summary>Lists them.</summary>
    public EveryRecoveringKernel()
    {
        foreach (CopyKernel kernel in CopyKernel.All.Where(kernel => kernel.RecoversFromFaults))
            Add(new TheoryDataRow<string>(kernel.Name) { Skip = kernel.UnsupportedReason });
    }
}
