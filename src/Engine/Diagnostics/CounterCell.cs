using System.Runtime.InteropServices;

namespace CopyMc.Diagnostics;

/// <summary>The counters of one thread, in a cache line that no other thread writes.</summary>
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
