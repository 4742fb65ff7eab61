using System.Globalization;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Limits;

/// <summary>The limits as a table: what is wanted, what was seen.</summary>
internal static class LimitsText
{
    internal static void Write(IAnsiConsole console, LimitsReport report)
    {
        console.WriteLine($"The engine ({report.Machine.ChosenKernel}): medians of {report.Rounds} rounds in which all that is compared takes turns, "
            + "and between which values the middle half of the rounds lies.");
        Table table = Tables.New("limit", "want", "seen", "half").AddWords("");
        foreach (Limit limit in report.Limits)
        {
            table.AddRow(
                new Text(limit.Name),
                new Text($"{(limit.Bound == LimitBound.AtLeast ? ">=" : "<=")} {Figure(limit.Want, limit.Unit)}"),
                new Text(limit.Seen is { } seen ? Figure(seen.Median, limit.Unit) : "-", new Style(decoration: Decoration.Bold)),
                new Text(limit.Seen is { } half ? $"{Bare(half.Lower)} to {Bare(half.Upper)}" : ""),
                new Text(string.Join("; ", new[] { limit.Seen is null ? "skipped" : limit.Held ? null : "SHORT", limit.SkippedReason, limit.Detail }.OfType<string>())));
        }
        console.Write(table);
        int held = report.Limits.Count(limit => limit.Held), measured = report.Limits.Count(limit => limit.Seen is not null);
        console.WriteLine($"{held} of {measured} held; {Units.Number(report.TotalSeconds)} s.");
    }

    private static string Figure(double value, LimitUnit unit) => unit switch
    {
        LimitUnit.Percent => $"{Bare(value)} %",
        LimitUnit.Nanoseconds => $"{Bare(value)} ns",
        _ => Bare(value),
    };

    internal static string Bare(double value) => value.ToString(Math.Abs(value) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
