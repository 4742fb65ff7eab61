using System.Text.Json;
using CopyMc.Bench.Collapse;
using CopyMc.Bench.Collapse.BuiltIn;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;

namespace CopyMc.Bench.Tests.Collapse;

/// <summary>Every scenario that has a name ends as it must, for everything that it is for.</summary>
public sealed class BuiltInScenarioTests
{
    private const string All = "Anonymous Shmem File", Files = "Shmem File", AnonymousAndFile = "Anonymous File", Anonymous = "Anonymous";

    public static TheoryData<string, string, string> Runs()
    {
        var runs = new TheoryData<string, string, string>();
        foreach (BuiltInScenario scenario in BuiltInScenarios.All)
        {
            foreach (Variant variant in scenario.Variants)
                runs.Add(scenario.Name, variant.By.ToString(), variant.Memory.ToString());
        }
        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void It_ends_as_expected_and_every_invariant_holds(string name, string by, string memory)
    {
        BuiltInScenario scenario = BuiltInScenarios.Find(name)!;
        var variant = new Variant(Enum.Parse<CollapseMeans>(by), Enum.Parse<MemoryKind>(memory));
        ScenarioReport report = ScenarioRun.Run(name, scenario.Of(variant), new CollapseTrace());
        Assert.SkipWhen(report.SkippedReason is not null, report.SkippedReason ?? "");
        Assert.Empty(report.Failures);
        Assert.NotEmpty(report.Collapses);
        Assert.All(report.Collapses, collapse => Assert.Empty(collapse.Violations));
        // Nobody lost a page but to poison.
        if (!name.StartsWith("poison", StringComparison.Ordinal))
            Assert.All(report.Collapses, collapse => Assert.Equal((0, 0), (collapse.Content.LostPages, collapse.Content.ChangedPages)));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void It_says_what_to_expect_of_every_collapse_and_reads_back_from_its_own_json(string name, string by, string memory)
    {
        CollapseScenario scenario = BuiltInScenarios.Find(name)!.Of(new Variant(Enum.Parse<CollapseMeans>(by), Enum.Parse<MemoryKind>(memory)));
        Assert.All(
            scenario.Actions.Where(action => action.Do == ActionKind.Collapse), action => Assert.True(action.Expect is { Result: not null } && (action.By == CollapseMeans.Khugepaged
                || action.Expect.Errno is not null || action.Expect.Huge is not null)));
        string json = JsonSerializer.Serialize(scenario, ScenarioJson.Options);
        CollapseScenario read = JsonSerializer.Deserialize<CollapseScenario>(json, ScenarioJson.Options)!;
        ScenarioCheck.Check(read);
        Assert.Equal(json, JsonSerializer.Serialize(read, ScenarioJson.Options));
    }

    /// <summary>What the kernel's test runs, for what: its own table (<c>tools/testing/selftests/mm/khugepaged.c</c>, <c>main</c>).</summary>
    public static TheoryData<string, bool, string> KernelTable() => new()
    {
        { "full", true, All },
        { "empty", true, Anonymous },
        { "single_pte_entry", true, All },
        { "max_ptes_none", true, AnonymousAndFile },
        { "single_pte_entry_compound", true, AnonymousAndFile },
        { "full_of_compound", true, All },
        { "compound_extreme", true, Anonymous },
        { "swapin_single_pte", true, Anonymous },
        { "max_ptes_swap", true, Anonymous },
        { "fork", true, Anonymous },
        { "fork_compound", true, Anonymous },
        { "max_ptes_shared", true, Anonymous },
        { "existing_thps", false, All },
        { "retracted_page_tables", false, Files },
        { "alloc_at_fault", true, Anonymous },
    };

    [Theory]
    [MemberData(nameof(KernelTable))]
    public void Nothing_of_the_kernels_test_is_missing(string name, bool khugepagedToo, string memory)
    {
        CollapseMeans[] means = khugepagedToo ? [CollapseMeans.Khugepaged, CollapseMeans.Madvise] : [CollapseMeans.Madvise];
        Assert.Equal(
            means.SelectMany(by => memory.Split(' '), (by, kind) => new Variant(by, Enum.Parse<MemoryKind>(kind))).ToHashSet(), BuiltInScenarios.Find(name)!.Variants.ToHashSet());
    }

    [Fact]
    public void Poison_is_there_in_every_place_known_and_latent_for_everything()
    {
        foreach (string kind in (string[])["known", "latent"])
        {
            foreach (string place in (string[])["first", "middle", "last"])
                Assert.Equal(Variant.All, BuiltInScenarios.Find($"poison_{kind}_{place}")!.Variants);
        }
    }

    [Fact]
    public void Poison_is_found_by_the_copy_and_then_refused_before_anything_is_taken()
    {
        BuiltInScenario scenario = BuiltInScenarios.Find("poison_found_then_refused")!;
        foreach (MemoryKind memory in Enum.GetValues<MemoryKind>())
        {
            ScenarioReport report = ScenarioRun.Run("", scenario.Of(new Variant(CollapseMeans.Khugepaged, memory)), new CollapseTrace());
            RangeReport found = Assert.Single(report.Collapses[0].Ranges);
            Assert.Equal(("COPY_MC", CollapseStep.Copy, 256), (found.Result, found.Steps[^1], found.CopiedPages));
            Assert.Equal("free the huge page", found.Undo[^1]);
            if (memory != MemoryKind.File)
                Assert.Equal([CollapseStep.Scan], Assert.Single(report.Collapses[1].Ranges).Steps);
        }
    }
}
