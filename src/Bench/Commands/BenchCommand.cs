using System.CommandLine;
using CopyMc.Bench.CollapseCost;
using CopyMc.Bench.Gc;
using CopyMc.Bench.Limits;
using CopyMc.Bench.Recovery;
using CopyMc.Bench.Salvage;
using CopyMc.Bench.Throughput.Quick;
using CopyMc.Bench.Throughput.Suites;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc bench</c>: the quick table, the limits, and the BenchmarkDotNet suites.</summary>
internal static class BenchCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var bench = new Command("bench", """
            Measures.

            What takes turns with its yardsticks, or has a distribution, is measured by copymc itself; throughput, scaling and suites by BenchmarkDotNet.
            """)
        {
            BenchQuickCommand.Create(help), BenchLimitsCommand.Create(help), BenchSuiteCommands.CreateThroughput(help), BenchRecoveryCommand.Create(help),
            BenchSalvageCommand.Create(help), BenchCollapseCommand.Create(help), BenchGcCommand.Create(help), BenchSuiteCommands.CreateScaling(help),
            BenchSuiteCommands.CreateAll(help),
        };
        help.Add(bench, "copymc bench quick", "copymc bench limits", "copymc bench suites -- --list flat");
        return bench;
    }
}
