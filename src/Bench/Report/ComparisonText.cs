using System.Globalization;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Report;

/// <summary>A comparison as text: the methods, and of the rows those that differ.</summary>
internal static class ComparisonText
{
    /// <summary>How it is judged, for whoever did not write the code.</summary>
    internal static string Method(ResultComparison comparison) =>
        "Change of speed in percent: + is faster. What moved the copies that are not ours (the controls) at the same size in a process is the machine and is taken off. "
        + "The interval is 4 standard errors to either side (3.3 for a method over all its rows), the error "
        + (comparison.Processes > 2
            ? $"from how far the {comparison.Processes} processes of the two sides differ among themselves. "
            : "from how far rows of this comparison scatter by themselves: with one process on either side, what differs from one process to another is not in it. ")
        + "Within noise: the interval holds zero. Several results on either side, measured in turns, make it narrower.";

    internal static void Write(IAnsiConsole console, ResultComparison comparison)
    {
        console.WriteLine($"{Summary(comparison)} {Method(comparison)}");
        Table methods = Tables.New("method", "rows", "change", "interval").AddWords("verdict");
        foreach (ComparedMethod method in comparison.Methods)
            methods.AddRow(Cells(method.Method, [method.Rows.ToString(CultureInfo.InvariantCulture)], method.Change));
        console.Write(methods);
        ComparedRow[] different = [.. comparison.Judged.Where(row => row.Change.Verdict != Verdict.WithinNoise)];
        if (different.Length == 0)
            return;
        Table rows = Tables.New("what", "before", "after", "change", "interval").AddWords("verdict");
        foreach (ComparedRow row in different)
            rows.AddRow(Cells($"{row.Group}: {row.Method}", [Units.Time(row.BeforeNanoseconds / 1e3), Units.Time(row.AfterNanoseconds / 1e3)], row.Change));
        console.Write(rows);
    }

    internal static string Summary(ResultComparison comparison)
    {
        int Count(Verdict verdict) => comparison.Judged.Count(row => row.Change.Verdict == verdict);
        return $"Of {Units.Count(comparison.Judged.Count(), "row")} {Count(Verdict.Faster)} faster, {Count(Verdict.Slower)} slower, "
            + $"{Count(Verdict.WithinNoise)} within noise; a row moves by {Units.Number(comparison.NoisePercent)} % by itself.";
    }

    internal static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Faster => "faster",
        Verdict.Slower => "slower",
        _ => "within noise",
    };

    internal static string Percent(double percent) => percent.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %";

    private static Text[] Cells(string name, IEnumerable<string> figures, Change change) =>
    [
        new Text(name), .. figures.Select(figure => new Text(figure)), new Text(Percent(change.Percent)),
        new Text($"{Percent(change.LowerPercent)} to {Percent(change.UpperPercent)}"),
        new Text(Word(change.Verdict), new Style(change.Verdict switch { Verdict.Faster => Color.Green, Verdict.Slower => Color.Red, _ => null })),
    ];
}
