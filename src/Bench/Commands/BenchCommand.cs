using System.CommandLine;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Results;
using CopyMc.Bench.Throughput.Suites;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc bench</c>: the measurements, and the BenchmarkDotNet suites.</summary>
internal static class BenchCommand
{
    internal static Command Create(HelpWithExamples help)
    {
        var bench = new Command("bench", """
            Measures copies, recovery and collapses.

            BenchmarkDotNet runs throughput, scaling and suites. The other commands compare copies in interleaved rounds, or show distributions, and measure without it.
            """);
        var probe = new ProcessorProbe();
        bench.Add(Placement.Cpu(probe));
        bench.Add(Placement.MemoryNode(probe));
        foreach (Measurement measurement in ResultSchema.All.OfType<Measurement>().Where(measurement => measurement.IsUnderBench))
            bench.Add(measurement.Create(help));
        bench.Add(BenchSuiteCommands.CreateThroughput(help));
        bench.Add(BenchSuiteCommands.CreateScaling(help));
        bench.Add(BenchSuiteCommands.CreateAll(help));
        help.Add(bench, "copymc bench quick", "copymc bench limits", "copymc bench suites -- --list flat");
        return bench;
    }
}
