using System.CommandLine;
using System.CommandLine.Parsing;

namespace CopyMc.Bench.Commands;

/// <summary>Describes in one line the error in a command line, and what was probably meant.</summary>
internal static class UsageError
{
    /// <summary>The error; null if there is none.</summary>
    internal static string? Of(ParseResult parsed)
    {
        string? what = parsed.Errors.Count > 0
            ? Describe(parsed)
            : UnknownCommand(parsed) ?? Misplaced(parsed.CommandResult) ?? Empty(parsed.CommandResult) ?? Swallowed(parsed.CommandResult);
        return what is null ? null : $"{what} See {Path(parsed.CommandResult.Command)} --help.";
    }

    internal static string Unknown(string word, Command command)
    {
        string suggestion = Suggestion.For(word, command) is { } meant ? $" Did you mean '{meant}'?" : "";
        return $"There is no '{word}' here.{suggestion}";
    }

    private static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [string unknown, ..])
            return Unknown(unknown, command);
        if (command is { Action: null, Subcommands.Count: > 0 })
            return $"{Path(command)} needs one of {string.Join(", ", command.Subcommands.Select(subcommand => subcommand.Name))}.";
        return string.Join(" ", string.Join(" ", parsed.Errors.Select(error => error.Message).Distinct()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>With --help errors are not reported, but the help of another command than the one named would mislead.</summary>
    private static string? UnknownCommand(ParseResult parsed) =>
        parsed is { Action: HelpWithExamples, CommandResult.Command: { Subcommands.Count: > 0 } command } && parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith('-')) is { } word
            ? Unknown(word, command)
            : null;

    /// <summary>An option that takes several files would take the next option for one of them. A file with such a name is written as ./-o.</summary>
    private static string? Swallowed(CommandResult command)
    {
        HashSet<string> names = [.. command.Command.Options.SelectMany(option => option.Aliases.Prepend(option.Name))];
        return command.Children.OfType<OptionResult>()
            .Where(option => option.Tokens.Any(token => names.Contains(token.Value)))
            .Select(option => $"{option.Option.Name} needs a value, and '{option.Tokens.First(token => names.Contains(token.Value)).Value}' is an option.")
            .FirstOrDefault();
    }

    /// <summary>An option before the command belongs to the parent command, whose action does not run.</summary>
    private static string? Misplaced(CommandResult command)
    {
        for (CommandResult? parent = command.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
        {
            if (parent.Children.OfType<OptionResult>().FirstOrDefault(option => !option.Implicit && !option.Option.Recursive) is { } misplaced)
                return $"{misplaced.Option.Name} stands before '{command.Command.Name}', where it would do nothing: options come after the command.";
        }
        return null;
    }

    /// <summary>No option or argument takes an empty value.</summary>
    private static string? Empty(CommandResult command) => command.Children
        .Where(child => child.Tokens.Any(token => token.Value.Length == 0))
        .Select(child => child is OptionResult option ? $"{option.Option.Name} has an empty value." : $"{((ArgumentResult)child).Argument.Name} is empty.")
        .FirstOrDefault();

    /// <summary>The command with its parents: "copymc bench quick".</summary>
    private static string Path(Command command)
    {
        var names = new Stack<string>();
        for (; command is not RootCommand; command = command.Parents.OfType<Command>().First())
            names.Push(command.Name);
        return string.Join(' ', names.Prepend("copymc"));
    }
}
