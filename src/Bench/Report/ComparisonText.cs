using System.Globalization;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Report;

/// <summary>A comparison: the methods, and on the page all rows, on the console those that differ.</summary>
internal static class ComparisonText
{
    /// <param name="document">Where it is written.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="before">The names of the earlier results.</param>
    /// <param name="after">The names of the results that are judged.</param>
    /// <param name="differences">In what the machines, systems and configurations of the results differ.</param>
    internal static void Write(
        Document document, ResultComparison comparison, IEnumerable<string> before, IEnumerable<string> after, IReadOnlyList<MachineDifference> differences)
    {
        document.Section("Comparison");
        if (differences.Count > 0)
            WriteDifferences(document, comparison, differences);
        document.Paragraph($"{string.Join(", ", after):strong} against {string.Join(", ", before):strong}. {Summary(comparison)}");
        document.Paragraph(Method(comparison));
        document.Heading("Methods, over all their rows");
        document.Table(comparison.Methods, table => AddChange(
            table.Words("method", method => method.Method).Text("rows", method => Units.Whole(method.Rows)), method => method.Change, _ => true));
        (string Path, ComparedRow)[] rows =
        [
            .. comparison.Rows.Where(row => document.IsPage || (row.Kind != MethodKind.Control && row.Change.Verdict != Verdict.WithinNoise)).Select(row => ("", row)),
        ];
        if (rows.Length == 0)
            return;
        document.Heading(document.IsPage ? "Every row" : "Rows that differ");
        document.TableAt(rows, (Columns<ComparedRow> table) => AddChange(
            table.Words("what", row => row.Group)
                .Words("method", row => row.Method)
                .Text("before", row => Units.Nanoseconds(row.BeforeNanoseconds))
                .Text("after", row => Units.Nanoseconds(row.AfterNanoseconds)),
            row => row.Change, row => row.Kind != MethodKind.Control));
    }

    private static void WriteDifferences(Document document, ResultComparison comparison, IReadOnlyList<MachineDifference> differences)
    {
        string change = comparison.OnOneMachine
            ? "What follows from these differences is part of every change below."
            : "Nothing is subtracted: every change below is that of machine, system and CopyMc together."
                + (comparison.ControlsPercent is { } percent ? $" The median of the copies that are not the engine's (the controls) changed by {Percent(percent)}." : "");
        document.Paragraph($"{(comparison.OnOneMachine ? "These results are not of one configuration." : "These results are not of one machine and system."):strong} {change}");
        document.TableAt(differences.Select(difference => ("", difference)), (Columns<MachineDifference> table) => table
            .Words("differs", difference => difference.What)
            .Words("before", difference => difference.Before)
            .Words("after", difference => difference.After));
    }

    /// <summary>How rows are judged.</summary>
    private static string Method(ResultComparison comparison) =>
        "Change of speed in percent: + is faster. "
        + (comparison.OnOneMachine
            ? "Whatever changed the copies that are not the engine's (the controls) at the same size in a process is the machine and is subtracted. "
            : "")
        + "The interval is 4 standard errors to either side (3.3 for a method over all its rows), the error "
        + (comparison.Processes > 2
            ? $"from the differences among the {comparison.Processes} processes of the two sides. "
            : "from the scatter of the rows of this comparison: with one process on either side, the difference between processes is not part of it. ")
        + "Within noise: the interval contains zero. Several results on either side, measured in turns, make it narrower.";

    private static string Summary(ResultComparison comparison)
    {
        int Count(Verdict verdict) => comparison.Judged.Count(row => row.Change.Verdict == verdict);
        return $"Of {Units.Count(comparison.Judged.Count(), "row")} {Count(Verdict.Faster)} faster, {Count(Verdict.Slower)} slower, "
            + $"{Count(Verdict.WithinNoise)} within noise; a row moves by {Units.Number(comparison.NoisePercent)} % by itself.";
    }

    private static void AddChange<T>(Columns<T> table, Func<T, Change> change, Func<T, bool> isJudged) => table
        .Text("change", row => Percent(change(row).Percent))
        .Text("interval", row => $"{Percent(change(row).LowerPercent)} to {Percent(change(row).UpperPercent)}")
        .Drawing("", (html, row) => DrawInterval(html, change(row)))
        .Words("verdict", row => isJudged(row) ? Word(change(row).Verdict) : "control", row => isJudged(row) ? MarkOf(change(row).Verdict) : Mark.None);

    /// <summary>Half as fast at the left, half as fast again at the right, no change in the middle.</summary>
    private static void DrawInterval(HtmlText html, Change change)
    {
        static double X(double percent) => Math.Clamp(50 + percent, 1, 99);
        html.Raw(string.Create(CultureInfo.InvariantCulture, $"<svg class=\"interval {MarkOf(change.Verdict).ToString().ToLowerInvariant()}\" viewBox=\"0 0 100 12\" aria-hidden=\"true\">"
            + $"<path class=\"zero\" d=\"M50 0v12\"/><path d=\"M{X(change.LowerPercent):F1} 6H{X(change.UpperPercent):F1}\"/><circle cx=\"{X(change.Percent):F1}\" cy=\"6\" r=\"3\"/></svg>"));
    }

    private static Mark MarkOf(Verdict verdict) => verdict switch
    {
        Verdict.Faster => Mark.Good,
        Verdict.Slower => Mark.Bad,
        _ => Mark.None,
    };

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Faster => "faster",
        Verdict.Slower => "slower",
        _ => "within noise",
    };

    private static string Percent(double percent) => percent.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %";
}
