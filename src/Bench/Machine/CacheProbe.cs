using System.Globalization;
using System.Runtime.InteropServices;

namespace CopyMc.Bench.Machine;

/// <summary>Finds the data caches: from /sys, or from the C library if /sys has none.</summary>
internal static partial class CacheProbe
{
    private const string Root = "/sys/devices/system/cpu/cpu0/cache";

    // _SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE: glibc's <bits/confname.h>. Other libraries answer -1.
    private static readonly (string Name, int Variable)[] s_variables = [("L1d", 188), ("L2", 191), ("L3", 194)];

    internal static IReadOnlyList<CacheReport> Run()
    {
        if (!OperatingSystem.IsLinux())
            return [];
        List<CacheReport> shown = [.. FromKernel()];
        return shown.Count != 0 ? shown : [.. FromLibrary()];
    }

    private static IEnumerable<CacheReport> FromKernel()
    {
        for (int i = 0; Directory.Exists($"{Root}/index{i}"); i++)
        {
            string type = Read(i, "type"), size = Read(i, "size");
            if (type != "Instruction" && size.EndsWith('K') && long.TryParse(size[..^1], CultureInfo.InvariantCulture, out long kibibytes))
                yield return new CacheReport($"L{Read(i, "level")}{(type == "Data" ? "d" : "")}", kibibytes << 10);
        }
    }

    /// <summary>For virtual machines, which may have none under /sys. The third level may be that of a whole socket.</summary>
    private static IEnumerable<CacheReport> FromLibrary()
    {
        foreach ((string name, int variable) in s_variables)
        {
            nint size = SystemConfiguration(variable);
            if (size > 0)
                yield return new CacheReport(name, size);
        }
    }

    private static string Read(int index, string file)
    {
        string path = $"{Root}/index{index}/{file}";
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint SystemConfiguration(int name);
}
