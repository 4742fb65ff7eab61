using System.CommandLine;
using System.Globalization;
using System.Text;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Report;

/// <summary><c>copymc report</c>: results as one page, and a comparison of two sides.</summary>
internal static class ReportCommand
{
    private const string DefaultOutput = "report.html";

    internal static Command Create(HelpWithExamples help)
    {
        var results = new Argument<string[]>("RESULT.json") { Description = "A result that a command wrote with --json. Several make one page.", Arity = ArgumentArity.OneOrMore };
        var compare = new Option<string[]>("--compare")
        {
            Description = "The earlier results, of the same kind, to compare with. Several on either side, measured in turns, tell more.",
            HelpName = "OTHER.json",
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = $"The page; - is the standard output. Default: {DefaultOutput}.",
            HelpName = "FILE",
            DefaultValueFactory = _ => DefaultOutput,
        };
        Option<double?> fail = FailOnRegression();
        var report = new Command("report", """
            Writes results as one HTML page that needs no network: machine, tables, plots, maps of what was copied and lost.

            With --compare it also compares two sides, row by row: the change with its confidence interval, and whether that is faster, slower or within noise. If the sides are of different machines, systems or configurations, it says so first.

            Exit codes: 0, 1 if --fail-on-regression found one, 2 if a file is not a result or has a newer schema, 3 if a file cannot be read or written.
            """)
        {
            results, compare, fail, output,
        };
        report.Validators.Add(parsed =>
        {
            if (parsed.GetResult(fail) is { Implicit: false } && parsed.GetResult(compare) is null)
                parsed.AddError("--fail-on-regression needs --compare.");
        });
        help.Add(report,
            "copymc report result.json -o report.html",
            "copymc report new.json --compare old.json --fail-on-regression 5",
            "copymc report new1.json new2.json new3.json --compare old1.json old2.json old3.json");
        report.SetAction(parsed => Run(
            parsed.GetValue(results)!, parsed.GetValue(compare) ?? [], parsed.GetValue(output)!, parsed.GetValue(fail)));
        return report;
    }

    private static Option<double?> FailOnRegression() => new("--fail-on-regression")
    {
        Description = "Exit code 1 if a row or a method is slower, beyond noise, by at least so many percent.",
        HelpName = "PERCENT",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double percent) && percent is >= 0 and < 100)
                return percent;
            result.AddError($"--fail-on-regression takes a percentage from 0 to less than 100, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private static int Run(string[] paths, string[] otherPaths, string output, double? failAtPercent)
    {
        var file = new ReportFile(output, [.. paths, .. otherPaths]);
        ResultInput[] results = [.. paths.Select(ResultInput.Read)], others = [.. otherPaths.Select(ResultInput.Read)];
        // The results of the page that are of the compared kind.
        ResultInput[] judged = [.. results.Where(result => others.FirstOrDefault()?.Content.GetType() == result.Content.GetType())];
        MachineDifference[] differences = [.. MachineDifference.Between([.. others.Select(other => other.Content.Machine)], [.. judged.Select(result => result.Content.Machine)])];
        ResultComparison? comparison = others.Length == 0 ? null : Compare(judged, others, !differences.Any(difference => difference.IsOfMachine));
        Action<Document>? write = comparison is null
            ? null
            : document => ComparisonText.Write(document, comparison, others.Select(other => other.Name), judged.Select(result => result.Name), differences);
        string page = Page(results, write);
        write?.Invoke(new ConsoleDocument(OutputConsole.Create(output)));
        file.Write(stream => stream.Write(Encoding.UTF8.GetBytes(page)));
        return failAtPercent is { } percent && comparison!.WorstRegressionPercent is > 0 and var worst && worst >= percent ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>A result whose members are each valid may still be inconsistent: no rows, no samples, a time of zero.</summary>
    private static string Page(ResultInput[] results, Action<Document>? writeComparison)
    {
        try
        {
            return HtmlReport.Write(results, writeComparison);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or IndexOutOfRangeException or ArithmeticException)
        {
            throw new InvalidInputException($"{string.Join(", ", results.Select(result => $"'{result.Path}'"))}: the figures do not fit together ({error.Message})");
        }
    }

    private static ResultComparison Compare(ResultInput[] judged, ResultInput[] others, bool onOneMachine)
    {
        Type kind = others[0].Content.GetType();
        if (others.FirstOrDefault(other => other.Content.GetType() != kind) is { } another)
            throw new InvalidInputException($"'{others[0].Path}' is a {others[0].Content.Schema} and '{another.Path}' a {another.Content.Schema}: compare with one kind at a time.");
        if (judged.Length == 0)
            throw new InvalidInputException($"'{others[0].Path}' is a {others[0].Content.Schema}, and no result of that kind is there to compare it with.");
        ResultComparison comparison = ResultComparison.Of(
            [.. others.Select(other => other.Content.Timings().ToArray())], [.. judged.Select(result => result.Content.Timings().ToArray())], onOneMachine);
        return comparison.Rows.Count > 0
            ? comparison
            : throw new InvalidInputException($"'{others[0].Path}' and '{judged[0].Path}' have no row in common that could be compared.");
    }
}
