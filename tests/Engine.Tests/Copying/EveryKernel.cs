namespace CopyMc.Engine.Tests.Copying;

/// <summary>The names of all kernels. One that cannot run here is a skipped row with the reason.</summary>
public sealed class EveryKernel : TheoryData<string>
{
    /// <summary>Lists them.</summary>
    public EveryKernel()
    {
        foreach (CopyKernel kernel in CopyKernel.All)
            Add(new TheoryDataRow<string>(kernel.Name) { Skip = kernel.UnsupportedReason });
    }
}
