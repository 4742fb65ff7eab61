using System.Globalization;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>What the kernel says of itself.</summary>
internal static class KernelView
{
    /// <summary>The address of a symbol of the running kernel.</summary>
    internal static nuint AddressOf(string symbol)
    {
        foreach (string line in File.ReadLines("/proc/kallsyms"))
        {
            if (line.Split(' ', '\t') is [string address, _, string name, ..] && name == symbol)
                return nuint.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        Require.Fail($"the kernel has no symbol {symbol}");
        return 0;
    }

    /// <summary>KiB of memory that the kernel took out of use because it is broken.</summary>
    internal static long HardwareCorrupted()
    {
        string line = File.ReadLines("/proc/meminfo").Single(line => line.StartsWith("HardwareCorrupted:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
