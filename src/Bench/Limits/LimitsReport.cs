using System.Globalization;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Limits;

/// <summary>The result of <c>bench limits</c>.</summary>
/// <param name="Rounds">Rounds of each measurement.</param>
/// <param name="Limits">The limits.</param>
internal sealed record LimitsReport(int Rounds, IReadOnlyList<Limit> Limits) : Result
{
    internal override void Write(Document document)
    {
        document.Section("Limits");
        document.Paragraph($"The engine ({Machine.ChosenKernel}): medians of {Units.Count(Rounds, "round")} in which all compared copies take turns, and the values "
            + $"between which the middle half of the rounds lies.");
        document.Table(Limits, table => table
            .Words("limit", row => row.Name)
            .Text("want", row => $"{(row.Bound == LimitBound.AtLeast ? ">=" : "<=")} {Figure.Of(row.Want, Number)}{Unit(row)}")
            .Text("seen", row => row.Seen is null ? (Line)"-" : $"{Figure.Of(row.Seen?.Median, Number)}{Unit(row)}",
                row => row.Seen is null ? Mark.None : row.Held ? Mark.Good : Mark.Bad)
            .Text("half", row => row.Seen is { } seen ? $"{Number(seen.Lower)} to {Number(seen.Upper)}" : "")
            .Words("", row => string.Join("; ", new[] { row.Seen is null ? "skipped" : row.Held ? null : "SHORT", row.SkippedReason, row.Detail }.OfType<string>())));
        document.Paragraph($"{Limits.Count(limit => limit.Held)} of {Limits.Count(limit => limit.Seen is not null)} held; {Units.Number(TotalSeconds)} s.");
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);

    private static string Unit(Limit limit) => limit.Unit switch
    {
        LimitUnit.Percent => " %",
        LimitUnit.Nanoseconds => " ns",
        _ => "",
    };
}
