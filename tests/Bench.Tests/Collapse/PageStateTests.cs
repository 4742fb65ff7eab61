using CopyMc.Bench.Collapse;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Tests.Collapse;

/// <summary>A page begins as what the scenario says.</summary>
public sealed class PageStateTests
{
    private const int Page = 7;

    public static TheoryData<string, string> States()
    {
        var states = new TheoryData<string, string>();
        foreach (MemoryKind memory in Enum.GetValues<MemoryKind>())
        {
            foreach (PageState state in Enum.GetValues<PageState>())
            {
                if (state != PageState.Compound && IsPossible(memory, state))
                    states.Add(memory.ToString(), state.ToString());
            }
        }
        return states;
    }

    [Theory]
    [MemberData(nameof(States))]
    public void One_page_of_each_state(string memory, string state)
    {
        using var stage = new ScenarioStage(Scenario(Enum.Parse<MemoryKind>(memory), new PageRun { First = Page, State = Enum.Parse<PageState>(state) }));
        StagedRegion region = stage.Regions[0];
        Pte entry = stage.Processes[0].EntryAt(region.AddressOf(Page));
        PageCacheSlot slot = region.File?.SlotAt(Page) ?? default;
        Assert.True(
            Enum.Parse<PageState>(state) switch
            {
                PageState.Absent => entry.IsNone && !slot.IsPage,
                PageState.Present => entry.IsPresent && entry.IsYoung,
                PageState.Zero => entry.IsPresent && stage.Machine.RootCgroup.ChargedPages == 0,
                PageState.Swapped => region.File is null ? entry.IsSwap : entry.IsNone && slot.IsSwap,
                PageState.Cached or PageState.Dirty => entry.IsNone && slot.IsPage,
                PageState.LazyFree => entry.IsPresent,
                PageState.Old => entry.IsPresent && !entry.IsYoung,
                PageState.PoisonMarker => entry.IsPoisonMarker,
                PageState.GuardMarker => entry.IsGuardMarker,
                PageState.WriteProtected => entry.IsPresent && entry.IsUffdWriteProtected,
                _ => false,
            },
            $"{entry} {slot}");
        // Only the one page is anything.
        Assert.True(stage.Processes[0].EntryAt(region.AddressOf(Page + 1)).IsNone);
        Assert.Empty(new CollapseInvariants(stage.Machine).Violations());
    }

    [Fact]
    public void A_shared_page_is_in_two_processes_and_its_neighbour_is_not()
    {
        using var stage = new ScenarioStage(Scenario(
            MemoryKind.Anonymous, new PageRun { First = 0, Count = 10 }, new PageRun { First = Page, Shared = true }));
        uint? Frame(int process, int page) => stage.Regions[0].FrameOf(stage.Processes[process], page);
        Assert.Equal(2, stage.Processes.Count);
        Assert.Equal(Frame(0, Page), Frame(1, Page));
        Assert.NotEqual(Frame(0, Page + 1), Frame(1, Page + 1));
        Assert.Empty(new CollapseInvariants(stage.Machine).Violations());
    }

    [Fact]
    public void Poison_that_was_handled_has_taken_the_page_away()
    {
        using var stage = new ScenarioStage(Scenario(
            MemoryKind.Anonymous, new PageRun { First = Page, Poison = PoisonKind.Known, Line = 9, Handled = true }));
        Assert.True(stage.Processes[0].EntryAt(stage.Regions[0].AddressOf(Page)).IsHwPoison);
        Assert.Equal(1, stage.Machine.Counters.HardwareCorrupted);
    }

    private static bool IsPossible(MemoryKind memory, PageState state)
    {
        try
        {
            ScenarioCheck.Check(Scenario(memory, new PageRun { First = Page, State = state }));
            return true;
        }
        catch (ScenarioFault)
        {
            return false;
        }
    }

    private static CollapseScenario Scenario(MemoryKind memory, params PageRun[] pages) => new()
    {
        Regions =
        [
            new RegionSetup
            {
                Memory = memory, Pages = pages,
                Userfaultfd = pages.Any(run => run.State == PageState.WriteProtected) ? UserfaultfdModes.WriteProtect : default,
            },
        ],
        Actions = [],
    };
}
