namespace CopyMc.Bench.Measuring;

/// <summary>
/// The sources of poison that may be measured: those that work here, and <see cref="PoisonSource.HwPoison"/>, which takes page frames from the
/// machine until the next boot, only if <see cref="Variable"/> is 1.
/// </summary>
internal static class UsablePoison
{
    internal const string Variable = "COPYMC_TEST_HWPOISON";

    /// <summary>The sources, in ascending order of realism.</summary>
    internal static IReadOnlyList<PoisonSource> Sources => [.. PoisonInjector.Supported.Where(source => UnusableReason(source) is null)];

    /// <summary>Why a source may not be measured; null if it may.</summary>
    internal static string? UnusableReason(PoisonSource source) =>
        UnusableReason(source, PoisonInjector.UnsupportedReason(source), Environment.GetEnvironmentVariable(Variable));

    /// <summary>The same for given values of the reason why a source does not work, and of the variable.</summary>
    internal static string? UnusableReason(PoisonSource source, string? unsupported, string? asked) =>
        unsupported ?? (source == PoisonSource.HwPoison && asked != "1"
            ? $"it takes page frames from the machine until the next boot; {Variable}=1 allows that"
            : null);
}
