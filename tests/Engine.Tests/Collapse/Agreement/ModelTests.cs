using CopyMc.Contract.Agreement;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>The simulated machine and its collapse do what the real kernel does, in every recorded state.</summary>
public sealed class ModelTests
{
    /// <summary>Every recorded state by its name: the model runs everywhere.</summary>
    public static TheoryData<string> Every => [.. CollapseStates.All.Select(state => state.Name)];

    /// <summary>Every state of anonymous memory in which no range is collapsed and nothing swapped in.</summary>
    public static TheoryData<string> EveryRefused => [.. CollapseStates.All.Where(state => state.IsRefusedBeforeAnything).Select(state => state.Name)];

    [Theory]
    [MemberData(nameof(Every))]
    public void The_model_does_what_is_recorded(string name)
    {
        CollapseState state = CollapseStates.Named(name);
        ModelReport report = ModelRun.Run(state);
        Assert.Empty(report.Violations);
        Assert.Equal(state.RangesBefore, report.RangesBefore);

        CollapseOutcome recorded = CollapseOutcome.ExpectedOf(state);
        Assert.Equal(recorded, report.Outcome);
        bool allHuge = recorded.Error == CollapseErrno.None && !recorded.Ranges.Contains("small");
        Assert.Equal(state.Expected.Table ?? (allHuge ? $"{state.Mapping.Count} present" : report.TableBefore), report.TableAfter);
    }

    [Theory]
    [MemberData(nameof(EveryRefused))]
    public void An_anonymous_range_that_the_model_refuses_keeps_its_page_table_to_the_bit(string name)
    {
        ModelReport report = ModelRun.Run(CollapseStates.Named(name));
        Assert.True(
            report.EntriesBefore.SequenceEqual(report.EntriesAfter), $"The page table was {report.TableBefore} and is {report.TableAfter}.");
    }

    [Fact]
    public void Names_are_unique() => Assert.Distinct(CollapseStates.All.Select(state => state.Name));
}
