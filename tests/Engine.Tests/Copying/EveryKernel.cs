namespace CopyMc.Engine.Tests.Copying;

/// <summary>The name of every kernel there is; one that cannot run here is a skipped row that says why.</summary>
public sealed class EveryKernel : TheoryData<string>
{
    /// <summary>Lists them.</summary>
    public EveryKernel()
    {
        foreach (CopyKernel kernel in CopyKernel.All)
            Add(new TheoryDataRow<string>(kernel.Name) { Skip = kernel.UnsupportedReason });
    }
}
