namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>Every recorded state by its name.</summary>
public sealed class EveryCollapseState : TheoryData<string>
{
    /// <summary>Lists them.</summary>
    public EveryCollapseState()
    {
        foreach (CollapseState state in CollapseStates.All)
            Add(new TheoryDataRow<string>(state.Name) { Skip = RealKernelRun.UnsupportedReason });
    }
}
