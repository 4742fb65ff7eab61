using System.CommandLine;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary>The command <c>copymc</c>: what it understands, and how errors reach the user: one line, no stack trace.</summary>
internal static class CommandLine
{
    internal static int Run(string[] args)
    {
        RootCommand root = MainJobCommand.Create();
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
                Console.Error.WriteLine($"copymc: {message}");
            if (Suggestion.For(parsed) is string suggestion)
                Console.Error.WriteLine($"copymc: did you mean {suggestion}?");
            return ExitCode.Usage;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            Console.Error.WriteLine($"copymc: {error.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failure;
        }
    }

    /// <summary>Standard output: colour and cursor movement only on a terminal, and none with NO_COLOR.</summary>
    internal static IAnsiConsole Output()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        // Nothing is wrapped for a terminal that is not there.
        console.Profile.Width = 160;
        return console;
    }
}
