namespace CopyMc.Engine.Tests.Copying;

/// <summary>Every kernel, without poison in the process, so that copies ask no map, and with poison elsewhere, so that they ask all.</summary>
public sealed class EveryKernelAndGate : TheoryData<string, bool>
{
    /// <summary>Lists them.</summary>
    public EveryKernelAndGate()
    {
        foreach (CopyKernel kernel in CopyKernel.All)
        {
            foreach (bool poisonElsewhere in (ReadOnlySpan<bool>)[false, true])
                Add(new TheoryDataRow<string, bool>(kernel.Name, poisonElsewhere) { Skip = kernel.UnsupportedReason });
        }
    }
}
