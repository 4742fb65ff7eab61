using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Interleaving;

/// <summary>What a file must hold.</summary>
internal sealed class FileShadow(SimulatedFile file)
{
    internal SimulatedFile File { get; } = file;

    /// <summary>The number at the start of each page.</summary>
    internal uint[] Values { get; } = new uint[TestMachine.Pages];

    /// <summary>Pages that were poisoned: they may be lost, or have gone back to what the store has.</summary>
    internal bool[] Tainted { get; } = new bool[TestMachine.Pages];

    internal void Clear(int first, int end)
    {
        Array.Clear(Values, first, end - first);
        Array.Clear(Tainted, first, end - first);
    }
}
