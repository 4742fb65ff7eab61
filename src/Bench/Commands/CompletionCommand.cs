using System.CommandLine;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc completion</c>: prints a shell's completion script. The script gets the words from the command's [suggest] directive.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> s_scripts = new()
    {
        ["bash"] = """
            _copymc() { local IFS=$'\n'; COMPREPLY=($(compgen -W "$(copymc "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")); }
            complete -o default -F _copymc copymc
            """,
        ["zsh"] = """
            _copymc() { local words_; words_=("${(@f)$(copymc "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}"); compadd -- $words_; (( $#words_ )) || _files; }
            compdef _copymc copymc
            """,
        ["fish"] = """
            complete -c copymc -a '(copymc "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
            """,
    };

    internal static Command Create(HelpWithExamples help)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. s_scripts.Keys]);
        var completion = new Command("completion", "Prints a shell's completion script for commands and options.") { shell };
        help.Add(completion, "copymc completion bash >> ~/.bashrc", "copymc completion zsh >> ~/.zshrc", "copymc completion fish > ~/.config/fish/completions/copymc.fish");
        completion.SetAction(parsed =>
        {
            Console.Out.WriteLine(s_scripts[parsed.GetValue(shell)!]);
            return ExitCode.Success;
        });
        return completion;
    }
}
