using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CopyMc.Bench.Commands;

/// <summary>The usual help, followed by the exit codes, unless the command's description has them, and the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private readonly Dictionary<Command, string[]> _examples = [];

    /// <summary>Like the usual help: with --help no errors are reported, except unknown commands (<see cref="UsageError"/>).</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Replaces the usual help of a root command and its subcommands.</summary>
    internal static HelpWithExamples Install(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        // They may be paths.
        option.Aliases.Remove("/h");
        option.Aliases.Remove("/?");
        var action = new HelpWithExamples((HelpAction)option.Action!);
        option.Action = action;
        return action;
    }

    internal void Add(Command command, params string[] examples) => _examples[command] = examples;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = help.Invoke(parseResult);
        if (!_examples.TryGetValue(parseResult.CommandResult.Command, out string[]? examples))
            return exitCode;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command.Description?.Contains("Exit codes:", StringComparison.Ordinal) != true)
        {
            output.WriteLine("Exit codes: 0 if every check held, 1 if one failed, 2 if the command line or COPYMC_KERNEL is wrong or the command cannot start here, 3 if a file cannot be read or written.");
            output.WriteLine();
        }
        output.WriteLine("Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return exitCode;
    }
}
