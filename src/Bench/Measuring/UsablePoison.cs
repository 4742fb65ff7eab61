namespace CopyMc.Bench.Measuring;

/// <summary>
/// What may be measured: every source of poison that works here, but <see cref="PoisonSource.HwPoison"/>, which takes page frames from the
/// machine until it boots again, only where <see cref="Variable"/> is 1.
/// </summary>
internal static class UsablePoison
{
    internal const string Variable = "COPYMC_TEST_HWPOISON";

    /// <summary>The sources, from the easiest to the most real.</summary>
    internal static IReadOnlyList<PoisonSource> Sources => [.. PoisonInjector.Supported.Where(source => UnusableReason(source) is null)];

    /// <summary>Why a source may not be measured; null if it may.</summary>
    internal static string? UnusableReason(PoisonSource source) =>
        UnusableReason(source, PoisonInjector.UnsupportedReason(source), Environment.GetEnvironmentVariable(Variable));

    /// <summary>The same where a source does not work for a reason or works, and the variable has a value.</summary>
    internal static string? UnusableReason(PoisonSource source, string? unsupported, string? asked) =>
        unsupported ?? (source == PoisonSource.HwPoison && asked != "1"
            ? $"it takes page frames from the machine until it boots again; {Variable}=1 allows that"
            : null);
}
