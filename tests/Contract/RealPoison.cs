using System.Globalization;

namespace CopyMc.Contract;

/// <summary>
/// <see cref="PoisonSource.HwPoison"/> costs page frames until the machine boots again. Tests use it only if <see cref="Variable"/> is 1, as in
/// the guests of tests/vm.
/// </summary>
public static class RealPoison
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "COPYMC_TEST_HWPOISON";

    private static readonly long s_lostBefore = HardwareCorrupted;

    /// <summary>Whether tests may cost page frames.</summary>
    public static bool IsAllowed => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>The sources that tests may use here, from the easiest to the most real.</summary>
    public static IReadOnlyList<PoisonSource> Usable => [.. PoisonInjector.Supported.Where(source => UnusableReason(source) is null)];

    /// <summary>Frames that this machine has lost since <see cref="Begin"/>, to any process, without those that were returned.</summary>
    public static long FramesLost => (HardwareCorrupted - s_lostBefore) * 1024 / NativeRegion.PageSize;

    /// <summary>KiB of memory that the kernel took out of use because of memory errors; 0 if it does not count them.</summary>
    public static long HardwareCorrupted => !OperatingSystem.IsLinux() ? 0 : File.ReadLines("/proc/meminfo")
        .Where(line => line.StartsWith("HardwareCorrupted:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).SingleOrDefault();

    /// <summary>Starts counting the frames.</summary>
    public static void Begin() => _ = s_lostBefore;

    /// <summary>Why tests may not use a source here; <see langword="null"/> if they may.</summary>
    /// <param name="source">The source.</param>
    public static string? UnusableReason(PoisonSource source) => UnusableReason(source, PoisonInjector.UnsupportedReason(source), IsAllowed);

    /// <summary>Why tests may not use a source on a machine with these properties; <see langword="null"/> if they may.</summary>
    public static string? UnusableReason(PoisonSource source, string? unsupported, bool isAllowed) =>
        unsupported ?? (source == PoisonSource.HwPoison && !isAllowed
            ? $"it costs page frames until the machine boots again; set {Variable}=1 to allow that"
            : null);
}
