using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Interleaving;

/// <summary>The range of one process and the content that it must have: its own, or that of the file that it maps.</summary>
internal sealed class ParticipantMemory(AddressSpace process, ulong start, FileShadow? file)
{
    private readonly uint[] _values = file?.Values ?? new uint[TestMachine.Pages];
    private readonly bool[] _tainted = file?.Tainted ?? new bool[TestMachine.Pages];

    internal AddressSpace Process { get; } = process;

    internal ulong Start { get; } = start;

    internal ulong AddressOf(int page) => Start + (ulong)page * TestMachine.Page;

    internal uint Get(int page) => _values[page];

    internal bool IsTainted(int page) => _tainted[page];

    internal void Taint(int page) => _tainted[page] = true;

    internal void Set(int page, uint value)
    {
        _values[page] = value;
        if (value == 0)
            _tainted[page] = false;
    }

    /// <summary>Returns the memory of a forked child.</summary>
    internal ParticipantMemory Copy(AddressSpace child)
    {
        var copy = new ParticipantMemory(child, Start, file: null);
        _values.CopyTo(copy._values, 0);
        _tainted.CopyTo(copy._tainted, 0);
        return copy;
    }
}
