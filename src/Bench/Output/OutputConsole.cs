using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>Standard output: colour and cursor movement on a terminal only, colour not even there with NO_COLOR.</summary>
internal static class OutputConsole
{
    /// <summary>Where there is no terminal to ask: what most editors and mails show in one line.</summary>
    private const int PipedWidth = 120;

    internal static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(new TrimmedLines(Console.Out)),
        });
        console.Profile.Width = PipedWidth;
        return console;
    }
}
