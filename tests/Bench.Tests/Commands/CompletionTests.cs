using System.Diagnostics;

namespace CopyMc.Bench.Tests.Commands;

/// <summary><c>copymc completion</c>, in the shell that is everywhere.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("copymc be", "bench")]
    [InlineData("copymc bench re", "recovery")]
    [InlineData("copymc report --fail", "--fail-on-regression")]
    [InlineData("copymc collapse poison_known_mid", "poison_known_middle")]
    [InlineData("copymc collapse --by m", "madvise")]
    [InlineData("copymc collapse --memory s", "shmem")]
    public void Bash_completes_commands_and_options(string typed, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no /bin/bash.");
        string[] words = typed.Split(' ');
        string assembly = Path.Combine(AppContext.BaseDirectory, "CopyMc.Bench.dll");
        string script = $$"""
            copymc() { dotnet '{{assembly}}' "$@"; }
            {{Copymc.Run("completion", "bash").ExpectSuccess().Output}}
            COMP_LINE='{{typed}}'; COMP_POINT={{typed.Length}}; COMP_WORDS=({{typed}}); COMP_CWORD={{words.Length - 1}}
            _copymc
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true };
        using Process bash = Process.Start(start)!;
        string[] completions = bash.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([expected], completions);
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Other_shells_are_told_to_ask_the_command(string shell) =>
        Assert.Contains("[suggest:", Copymc.Run("completion", shell).ExpectSuccess().Output);

    [Fact]
    public void A_shell_that_is_not_known() => Copymc.Run("completion", "tcsh").ExpectOneLineOfError(2, "tcsh", "bash");
}
