using System.CommandLine;
using System.Globalization;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Commands;

/// <summary>Options that mean the same in every command.</summary>
internal static class SharedOptions
{
    private const int MaxRounds = 1000;

    internal static Option<string?> Json() => new("--json") { Description = "Also write everything as JSON, with units in the names. - is the standard output; the text then goes to the standard error.", HelpName = "FILE" };

    internal static Option<int?> Rounds(int byDefault) => Number("--rounds", "How often each copy is timed at each size", 1, MaxRounds, byDefault);

    /// <summary>A whole number in a range.</summary>
    internal static Option<int?> Number(string name, string description, int least, int most, int? byDefault) => new(name)
    {
        Description = $"{description}, from {least} to {most}.{(byDefault is null ? "" : $" Default: {byDefault}.")}",
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
                return number;
            result.AddError($"{name} takes a number from {least} to {most}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    /// <summary>Records the events of the garbage collector and the engine.</summary>
    internal static Option<string?> Trace()
    {
        var trace = new Option<string?>("--trace")
        {
            Description = "Also trace this process, print what the events of the garbage collector and the engine show, and write the events to a .nettrace file.",
            HelpName = "FILE",
        };
        trace.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() == ReportFile.StandardOutput)
                result.AddError("--trace needs a file: the events cannot be written to the standard output.");
        });
        return trace;
    }

    /// <summary>Only shows that the command runs.</summary>
    internal static Option<bool> Smoke() => new("--smoke") { Description = "Measure very briefly: the figures mean nothing.", Hidden = true };
}
