using System.CommandLine;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Commands;

/// <summary>Parses and runs the command line of <c>copymc</c>. An error is one line, without a stack trace.</summary>
internal static class CommandLine
{
    internal static int Run(string[] args)
    {
        RootCommand root = MainJobCommand.Create();
        // So that a path may begin with @.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (UsageError.Of(parsed) is { } wrong)
        {
            Console.Error.WriteLine($"copymc: {wrong}");
            return ExitCode.Usage;
        }
        try
        {
            Placement.Apply(parsed);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (error is InvalidInputException || IsForTheUser(error))
        {
            WriteError(error);
            return error is IOException or UnauthorizedAccessException ? ExitCode.FileError : ExitCode.Usage;
        }
    }

    /// <summary>Whether the message alone explains the error.</summary>
    internal static bool IsForTheUser(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException;

    internal static void WriteError(Exception error) => Console.Error.WriteLine($"copymc: {PlainText.Of(error)}");
}
