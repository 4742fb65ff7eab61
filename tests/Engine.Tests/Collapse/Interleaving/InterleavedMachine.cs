using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Interleaving;

/// <summary>
/// A machine that runs one random schedule after another. The seed alone determines the mappings, the collapses and the actions between their
/// steps. Only the page frames may differ from run to run.
/// </summary>
internal sealed class InterleavedMachine : IDisposable
{
    private const int HugePages = 3;

    private TestMachine _test = NewMachine();
    private int _runs;
    private Random _random = new(0);
    private Participants _participants = null!;
    private readonly List<string> _schedule = [];

    /// <summary>The actions of the last run.</summary>
    internal IReadOnlyList<string> Schedule => _schedule;

    public void Dispose() => _test.Dispose();

    /// <summary>Runs the schedule of a seed, and returns the results of its collapses.</summary>
    internal IReadOnlyCollection<CollapseResult> Run(int seed)
    {
        // Numbers of anon_vma families are not reused, so a new machine from time to time keeps them small.
        if (++_runs % 1_000 == 0)
        {
            _test.Dispose();
            _test = NewMachine();
        }
        _schedule.Clear();
        _random = new Random(seed);
        try
        {
            return RunSchedule();
        }
        catch (Exception failure)
        {
            string schedule = string.Join('\n', _schedule);
            // The state of the machine is unknown.
            _test.Dispose();
            _test = NewMachine();
            throw new InvalidOperationException($"Seed {seed} (COPYMC_INTERLEAVING_SEED={seed}): {failure.Message}\n{schedule}", failure);
        }
    }

    private List<CollapseResult> RunSchedule()
    {
        _participants = new Participants(_test, _random, Note);
        _participants.SetUp();
        CheckInvariants([]);

        var running = new List<CollapseOperation> { _participants.StartCollapse() };
        var ends = new List<CollapseResult>();
        int blocked = 0;
        while (running.Count > 0)
        {
            for (int actions = _random.Next(3); actions > 0; actions--)
            {
                _participants.Act();
                CheckInvariants(running);
            }
            if (running.Count < 2 && _random.Next(12) == 0)
                running.Add(_participants.StartCollapse());

            CollapseOperation collapse = running[_random.Next(running.Count)];
            bool continues = collapse.MoveNext();
            // The kernel's lock order excludes a deadlock of two collapses.
            blocked = collapse.IsBlocked ? blocked + 1 : 0;
            Assert.True(blocked < 1_000, "the collapses wait for each other");
            if (!continues)
            {
                Note($"{collapse.GetType().Name} ended: {collapse.Result}");
                ends.Add(collapse.Result!.Value);
                running.Remove(collapse);
            }
            CheckInvariants(running);
        }

        _participants.CheckAllContent();
        _participants.TearDown();
        CheckInvariants([]);
        Assert.Equal(HugePages * TestMachine.Pages, _test.Machine.FreeFrames);
        Assert.Equal(0, _test.Machine.RootCgroup.ChargedPages);
        return ends;
    }

    private void CheckInvariants(List<CollapseOperation> running)
    {
        IReadOnlyList<string> violations = _test.Violations(running);
        if (violations.Count > 0)
            throw new InvalidOperationException(string.Join('\n', violations.Take(10)));
    }

    private void Note(string what) => _schedule.Add(what);

    private static TestMachine NewMachine() => new(HugePages, new SimulatedMachineOptions { SwapPages = 600 });
}
