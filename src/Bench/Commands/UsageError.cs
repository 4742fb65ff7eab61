using System.CommandLine;

namespace CopyMc.Bench.Commands;

/// <summary>What is wrong with a command line, and what was probably meant, in one line.</summary>
internal static class UsageError
{
    internal static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string what = parsed.UnmatchedTokens is [string unknown, ..]
            ? Unknown(unknown, command)
            : string.Join(" ", string.Join(" ", parsed.Errors.Select(error => error.Message).Distinct()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{what} See {Path(parsed)} --help.";
    }

    private static string Unknown(string token, Command command)
    {
        string suggestion = Suggestion.For(token, command) is { } meant ? $" Did you mean '{meant}'?" : "";
        return $"There is no '{token}' here.{suggestion}";
    }

    /// <summary>The command as it was called: "copymc bench quick".</summary>
    private static string Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (Command command = parsed.CommandResult.Command; command is not RootCommand; command = command.Parents.OfType<Command>().First())
            names.Push(command.Name);
        return string.Join(' ', names.Prepend("copymc"));
    }
}
