using System.CommandLine;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc help</c>: the same as <c>--help</c>.</summary>
internal static class HelpCommand
{
    internal static Command Create(HelpWithExamples help, RootCommand root)
    {
        var words = new Argument<string[]>("COMMAND") { Description = "The command to explain, as in bench quick. Default: all of it.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("help", "Explains a command, as its --help does.") { words };
        help.Add(command, "copymc help", "copymc help bench quick");
        command.SetAction(parsed =>
        {
            string[] asked = parsed.GetValue(words) ?? [];
            Command explained = root;
            foreach (string word in asked)
            {
                explained = explained.Subcommands.FirstOrDefault(subcommand => subcommand.Name == word)
                    ?? throw new InvalidInputException(UsageError.Unknown(word, explained));
            }
            return root.Parse([.. asked, "--help"]).Invoke();
        });
        return command;
    }
}
