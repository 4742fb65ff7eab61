using System.CommandLine;
using CopyMc.Bench.MainJob;

namespace CopyMc.Bench.Tests.Commands;

/// <summary>Command lines and environments that make no sense: one line, the documented exit code, and what to do instead.</summary>
public sealed class UsageTests
{
    [Fact]
    public void An_unknown_option_suggests_another() => Copymc.Run("--jsn", "x").ExpectOneLineOfError(2, "--jsn", "'--json'", "copymc --help");

    [Fact]
    public void An_unknown_command_suggests_another() => Copymc.Run("bench", "quik").ExpectOneLineOfError(2, "'quick'", "copymc bench --help");

    [Theory]
    [InlineData("nonsense", "--help")]
    [InlineData("bench", "nonsense", "--help")]
    [InlineData("--help", "nonsense")]
    public void An_unknown_command_has_no_help(params string[] command) => Copymc.Run(command).ExpectOneLineOfError(2, "'nonsense'");

    [Fact]
    public void A_command_without_its_subcommand_lists_them() => Copymc.Run("bench").ExpectOneLineOfError(2, "quick, limits", "copymc bench --help");

    [Fact]
    public void An_option_before_the_command_is_not_dropped() =>
        Copymc.Run("--json", "x", "probe").ExpectOneLineOfError(2, "--json", "'probe'", "copymc probe --help");

    [Theory]
    [InlineData("--json", "probe", "--json", "")]
    [InlineData("--input", "--input", "")]
    [InlineData("SOURCE", "rescue", "", "x")]
    [InlineData("DESTINATION", "rescue", "x", "")]
    [InlineData("--map", "rescue", "x", "y", "--map=")]
    public void What_is_empty_is_named(string name, params string[] command) => Copymc.Run(command).ExpectOneLineOfError(2, name, "--help");

    [Fact]
    public void Help_is_a_command_too()
    {
        Assert.Equal(Copymc.Run("--help").Output, Copymc.Run("help").ExpectSuccess().Output);
        Assert.Equal(Copymc.Run("bench", "quick", "--help").Output, Copymc.Run("help", "bench", "quick").ExpectSuccess().Output);
        Copymc.Run("help", "bench", "quik").ExpectOneLineOfError(2, "'quick'");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999999999")]
    public void Rounds_that_are_no_number_of_rounds(string rounds) =>
        Copymc.Run("bench", "quick", "--rounds", rounds).ExpectOneLineOfError(2, "--rounds", "1 to 1000");

    [Theory]
    [InlineData()]
    [InlineData("bench", "quick")]
    public void An_unknown_kernel_lists_those_there_are(params string[] command) =>
        Copymc.Run("avx3", command).ExpectOneLineOfError(2, ["COPYMC_KERNEL", "avx3", .. CopyKernel.All.Select(kernel => kernel.Name)]);

    [Fact]
    public void A_kernel_that_cannot_run_here_says_what_is_missing()
    {
        CopyKernel? foreign = CopyKernel.All.FirstOrDefault(kernel => !kernel.IsSupported);
        Assert.SkipWhen(foreign is null, "Every kernel runs here.");
        Copymc.Run(foreign!.Name, []).ExpectOneLineOfError(2, foreign.Name, foreign.UnsupportedReason!);
    }

    [Theory]
    [InlineData("/no/such/directory/report.json")]
    [InlineData("/dev/stdout")]
    [InlineData("/proc/self/fd/1")]
    public void A_report_that_cannot_be_written_is_told_before_anything_is_measured(string path) =>
        Copymc.Run("--json", path).ExpectOneLineOfError(3, path);

    [Fact]
    public void Help_of_every_command_has_examples_and_exit_codes()
    {
        RootCommand root = MainJobCommand.Create();
        Assert.All(CommandsUnder(root, []), command =>
        {
            var output = new StringWriter();
            Assert.Equal(0, root.Parse([.. command, "--help"]).Invoke(new InvocationConfiguration { Output = output }));
            Assert.Contains("Examples:\n  copymc", output.ToString().Replace("COPYMC_KERNEL=native-avx2 ", ""));
            Assert.Contains("Exit codes: 0", output.ToString());
            Assert.DoesNotContain("--smoke", output.ToString());
        });
    }

    private static IEnumerable<string[]> CommandsUnder(Command command, string[] path) =>
        [path, .. command.Subcommands.SelectMany(subcommand => CommandsUnder(subcommand, [.. path, subcommand.Name]))];
}
