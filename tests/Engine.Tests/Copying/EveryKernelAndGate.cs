namespace CopyMc.Engine.Tests.Copying;

/// <summary>Every kernel, with no poison in the process, when a copy looks at no map, and with some elsewhere, when it looks at all.</summary>
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
