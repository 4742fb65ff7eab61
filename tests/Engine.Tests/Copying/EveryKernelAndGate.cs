namespace CopyMc.Engine.Tests.Copying;

/// <summary>Every kernel, without poison in the process, when a copy asks no map, and with poison elsewhere, when it asks all.</summary>
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
