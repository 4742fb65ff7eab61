using CopyMc.Bench.Results;
using Spectre.Console;

namespace CopyMc.Bench.Terminal;

/// <summary>The console for text: colour and cursor movement on a terminal only, and no colour with NO_COLOR.</summary>
internal static class OutputConsole
{
    /// <summary>The width without a terminal, which most editors show in one line.</summary>
    private const int PipedWidth = 120;

    /// <param name="json">The value of <c>--json</c>: if the JSON goes to the standard output, the text goes to the standard error.</param>
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

    /// <summary>Whether the output can be redrawn.</summary>
    internal static bool IsLive(IAnsiConsole console) =>
        console.Profile.Capabilities is { Interactive: true, Ansi: true } && console.Profile.Out.IsTerminal;
}
