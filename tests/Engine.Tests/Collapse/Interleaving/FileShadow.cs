using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Interleaving;

/// <summary>The content that a file must have.</summary>
internal sealed class FileShadow(SimulatedFile file)
{
    internal SimulatedFile File { get; } = file;

    /// <summary>The number at the start of each page.</summary>
    internal uint[] Values { get; } = new uint[TestMachine.Pages];

    /// <summary>Pages that were poisoned: they may be lost, or have the content of the disk again.</summary>
    internal bool[] Tainted { get; } = new bool[TestMachine.Pages];

    internal void Clear(int first, int end)
    {
        Array.Clear(Values, first, end - first);
        Array.Clear(Tainted, first, end - first);
    }
}
