using System.CommandLine;
using CopyMc.Bench.Commands;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>The commands of the BenchmarkDotNet suites, which pass BenchmarkDotNet's options on.</summary>
internal static class BenchSuiteCommands
{
    private static readonly Type[] s_throughput = [typeof(ThroughputBenchmarks), typeof(AlignmentBenchmarks), typeof(CheckBenchmarks)],
        s_recovery = [typeof(RecoveryBenchmarks), typeof(FaultFloorBenchmarks), typeof(AbortBenchmarks)],
        s_scaling = [typeof(ScalingBenchmarks)];

    internal static Command CreateThroughput(HelpWithExamples help) => Create(
        help, "throughput", "Copies by size, temperature, pages and alignment, and the cost of the check for poison (BenchmarkDotNet).", "*Throughput*",
        s_throughput);

    internal static Command CreateScaling(HelpWithExamples help) => Create(
        help, "scaling", "One long copy by several threads, by size (BenchmarkDotNet).", "*Engine*", s_scaling);

    internal static Command CreateAll(HelpWithExamples help) => Create(
        help, "suites", "All BenchmarkDotNet suites.", "*Check*", [.. s_throughput, .. s_recovery, .. s_scaling]);

    /// <summary>BenchmarkDotNet's options, for a command that runs suites with them.</summary>
    internal static Argument<string[]> Options(string description) => new("options") { Description = description, Arity = ArgumentArity.ZeroOrMore };

    internal static int RunRecovery(string[] options) => Run(s_recovery, options);

    private static Command Create(HelpWithExamples help, string name, string description, string filter, Type[] suites)
    {
        Argument<string[]> options = Options("BenchmarkDotNet's own, after --. Default: all of it.");
        var command = new Command(name, description) { options };
        help.Add(command, $"copymc bench {name} -- --list flat", $"copymc bench {name} -- --filter '{filter}' --exporters json", $"copymc bench {name} -- --filter '{filter}' --job short");
        command.SetAction(parsed => Run(suites, parsed.GetValue(options) ?? []));
        return command;
    }

    /// <summary>Without a filter BenchmarkDotNet would ask for one and wait.</summary>
    private static int Run(Type[] suites, string[] options) =>
        BenchmarkSuites.Run(suites, options.Length == 0 ? ["--filter", "*"] : options);
}
