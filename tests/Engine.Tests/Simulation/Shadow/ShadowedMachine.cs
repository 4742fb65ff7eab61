using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>A machine that runs one random sequence after another; the seed alone determines it.</summary>
internal sealed class ShadowedMachine : IDisposable
{
    private const int HugePages = 6;

    private readonly HashSet<Reached> _reached = [];
    private SimulatedMachine _machine = NewMachine();
    private int _runs;

    public void Dispose() => _machine.Dispose();

    internal bool HasReached(Reached what) => _reached.Contains(what);

    /// <summary>Runs the sequence of a seed.</summary>
    /// <exception cref="InvalidOperationException">A page read as wrong content; the message has the sequence.</exception>
    internal void Run(int seed)
    {
        // Numbers of anon_vma families are not reused, so a new machine from time to time keeps them small.
        if (++_runs % 1_000 == 0)
            Renew();
        var sequence = new ShadowSequence(_machine, new Random(seed), _reached);
        try
        {
            sequence.Play();
            IReadOnlyList<string> violations = new CollapseInvariants(_machine).Violations();
            Assert.True(violations.Count == 0, string.Join('\n', violations.Take(10)));
            Assert.Equal(HugePages * TestMachine.Pages, _machine.FreeFrames);
        }
        catch (Exception failure)
        {
            Renew();
            throw new InvalidOperationException(
                $"Seed {seed} (COPYMC_POISON_SEED={seed}): {failure.Message}\n{string.Join('\n', sequence.Log)}", failure);
        }
    }

    private void Renew()
    {
        _machine.Dispose();
        _machine = NewMachine();
    }

    private static SimulatedMachine NewMachine() =>
        new((nuint)HugePages * NativeRegion.HugePageSize, new SimulatedMachineOptions { SwapPages = 1200, HugePagesAtFault = true });
}
