using System.CommandLine;
using BenchmarkDotNet.Running;
using CopyMc.Bench.Benchmarks;

namespace CopyMc.Bench.Commands;

/// <summary>The BenchmarkDotNet suites by what they measure; BenchmarkDotNet's own options are passed on.</summary>
internal static class BenchSuiteCommands
{
    internal static Command CreateThroughput(HelpWithExamples help) => Create(
        help, "throughput", "Copies by size, temperature, pages and alignment, and what looking for poison costs them (BenchmarkDotNet).", "*Throughput*",
        typeof(ThroughputBenchmarks), typeof(AlignmentBenchmarks), typeof(CheckBenchmarks));

    internal static Command CreateScaling(HelpWithExamples help) => Create(
        help, "scaling", "One long copy by several threads, by size (BenchmarkDotNet).", "*Engine*", typeof(ScalingBenchmarks));

    private static Command Create(HelpWithExamples help, string name, string description, string filter, params Type[] suites)
    {
        var options = new Argument<string[]>("options") { Description = "BenchmarkDotNet's own, after --. Default: all of it.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(name, description) { options };
        help.Add(command, $"copymc bench {name} -- --list flat", $"copymc bench {name} -- --filter '{filter}' --exporters json");
        command.SetAction(parsed =>
        {
            string[] passed = parsed.GetValue(options) ?? [];
            // Without a filter it would ask, and wait for an answer.
            BenchmarkSwitcher.FromTypes(suites).Run(passed.Length == 0 ? ["--filter", "*"] : passed);
            return ExitCode.Success;
        });
        return command;
    }
}
