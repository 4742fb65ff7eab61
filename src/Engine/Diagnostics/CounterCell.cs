using System.Runtime.InteropServices;

namespace CopyMc.Diagnostics;

/// <summary>What one thread has counted: a cache line of its own, which no other thread writes.</summary>
[StructLayout(LayoutKind.Sequential, Size = PoisonMap.LineSize)]
internal struct CounterCell
{
    internal long LongBytes;
    internal long LongCopies;
    internal long SampledBytes;
    internal long SampledCopies;
    internal long KnownPoison;
    internal long MachineChecks;
    internal long BusErrors;
    internal long AccessViolations;
}
