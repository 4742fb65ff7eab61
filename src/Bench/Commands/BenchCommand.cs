using System.CommandLine;
using BenchmarkDotNet.Running;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc bench</c>: the quick table, the limits, and the BenchmarkDotNet suites.</summary>
internal static class BenchCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var bench = new Command("bench", "Measures.")
        {
            BenchQuickCommand.Create(help), BenchLimitsCommand.Create(help), BenchSuiteCommands.CreateThroughput(help), BenchRecoveryCommand.Create(help),
            BenchSalvageCommand.Create(help), BenchCollapseCommand.Create(help), BenchGcCommand.Create(help), BenchSuiteCommands.CreateScaling(help), CreateSuites(help),
        };
        help.Add(bench, "copymc bench quick", "copymc bench limits", "copymc bench suites -- --list flat");
        return bench;
    }

    private static Command CreateSuites(HelpWithExamples help)
    {
        var options = new Argument<string[]>("options") { Description = "BenchmarkDotNet's own, after --.", Arity = ArgumentArity.ZeroOrMore };
        var suites = new Command("suites", "All BenchmarkDotNet suites.") { options };
        help.Add(suites, "copymc bench suites -- --list flat", "copymc bench suites -- --filter '*Check*'");
        suites.SetAction(parsed =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(BenchCommand).Assembly).Run(parsed.GetValue(options) ?? []);
            return ExitCode.Success;
        });
        return suites;
    }
}
