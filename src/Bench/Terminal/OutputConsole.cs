using CopyMc.Bench.Results;
using Spectre.Console;

namespace CopyMc.Bench.Terminal;

/// <summary>Where people read: colour and cursor movement on a terminal only, colour not even there with NO_COLOR.</summary>
internal static class OutputConsole
{
    /// <summary>Where there is no terminal to ask: what most editors and mails show in one line.</summary>
    private const int PipedWidth = 120;

    /// <param name="json">What <c>--json</c> says: if the JSON goes to the standard output, the text goes to the standard error.</param>
    internal static IAnsiConsole Create(string? json = null)
    {
        bool toError = json == ReportFile.StandardOutput;
        TextWriter output = toError ? Console.Error : Console.Out;
        if (!(toError ? Console.IsErrorRedirected : Console.IsOutputRedirected))
            return toError ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }) : AnsiConsole.Console;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(new TrimmedLines(output)),
        });
        console.Profile.Width = PipedWidth;
        return console;
    }

    /// <summary>Whether what is written can be drawn over.</summary>
    internal static bool IsLive(IAnsiConsole console) =>
        console.Profile.Capabilities is { Interactive: true, Ansi: true } && console.Profile.Out.IsTerminal;
}
