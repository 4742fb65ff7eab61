using System.Globalization;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>The behaviour and symbols of the running kernel.</summary>
internal static class KernelView
{
    /// <summary>Whether a collapse recovers from a machine check in its copy: since 6.4 ("mm/khugepaged: recover from poisoned anonymous memory" and, for files, "... poisoned file-backed memory").</summary>
    internal static bool CollapseRecovers => Environment.OSVersion.Version >= new Version(6, 4);

    /// <summary>Whether a bad page was seen to stay mapped after a collapse: on 6.18, not on 6.12.</summary>
    internal static bool MayLeaveBadPages => Environment.OSVersion.Version >= new Version(6, 13);

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
}
