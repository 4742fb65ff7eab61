namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>Every state of anonymous memory in which no range is collapsed; without those whose pages are swapped in on the way.</summary>
public sealed class EveryRefusedState : TheoryData<string>
{
    /// <summary>Lists them.</summary>
    public EveryRefusedState()
    {
        foreach (CollapseState state in CollapseStates.All)
        {
            if (state.Memory == CollapseMemory.Anonymous && state.Expected.Ranges == state.RangesBefore && !state.Has(PageState.Swapped))
                Add(new TheoryDataRow<string>(state.Name) { Skip = RealKernelRun.UnsupportedReason });
        }
    }
}
