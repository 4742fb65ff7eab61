using System.Runtime.InteropServices;
using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary><c>struct copymc_call</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CallRecord
{
    internal int Error;
    internal int WaitsFor;
    internal ulong Value;

    internal static CallRecord Of(SystemCallResult result) =>
        new() { Error = (int)result.Error, WaitsFor = (int)result.WaitsFor, Value = result.Value };
}
