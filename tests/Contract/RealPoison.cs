using System.Globalization;

namespace CopyMc.Contract;

/// <summary>
/// <see cref="PoisonSource.HwPoison"/> takes page frames from the machine until it boots again: tests use it only where
/// <see cref="Variable"/> is 1, as it is in the guests of tests/vm.
/// </summary>
public static class RealPoison
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "COPYMC_TEST_HWPOISON";

    private static readonly long s_lostBefore = HardwareCorrupted;

    /// <summary>Whether frames may be taken.</summary>
    public static bool IsAsked => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>What tests may use here, from the easiest to the most real.</summary>
    public static IReadOnlyList<PoisonSource> Usable => [.. PoisonInjector.Supported.Where(source => UnusableReason(source) is null)];

    /// <summary>Frames that this machine has lost since <see cref="Begin"/>, to this process or another: those given back do not count.</summary>
    public static long FramesLost => (HardwareCorrupted - s_lostBefore) * 1024 / NativeRegion.PageSize;

    /// <summary>KiB of memory that the kernel took out of use because it is broken; 0 where it keeps no such count.</summary>
    public static long HardwareCorrupted => !OperatingSystem.IsLinux() ? 0 : File.ReadLines("/proc/meminfo")
        .Where(line => line.StartsWith("HardwareCorrupted:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).SingleOrDefault();

    /// <summary>Starts to count the frames.</summary>
    public static void Begin() => _ = s_lostBefore;

    /// <summary>Why tests may not use a source here; <see langword="null"/> if they may.</summary>
    /// <param name="source">The source.</param>
    public static string? UnusableReason(PoisonSource source) => UnusableReason(source, PoisonInjector.UnsupportedReason(source), IsAsked);

    /// <summary>The same of a machine where a source does not work for a reason or works, and frames may be taken or not.</summary>
    public static string? UnusableReason(PoisonSource source, string? unsupported, bool isAsked) =>
        unsupported ?? (source == PoisonSource.HwPoison && !isAsked
            ? $"it takes page frames from the machine until it boots again, which it may where {Variable}=1"
            : null);
}
