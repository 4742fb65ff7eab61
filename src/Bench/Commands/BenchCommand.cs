using System.CommandLine;
using BenchmarkDotNet.Running;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measurement;
using CopyMc.Bench.Output;
using Spectre.Console;

namespace CopyMc.Bench.Commands;

/// <summary><c>copymc bench</c>: the quick table, and the BenchmarkDotNet suites.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        var rounds = new Option<int?>("--rounds") { Description = $"How often each copy is timed at each size. Default: {MeasurementSettings.DefaultRounds}.", HelpName = "N" };
        var json = new Option<string?>("--json") { Description = "Also write the figures as JSON.", HelpName = "FILE" };
        var quick = new Command("quick", "The ratios to NativeMemory.Copy in one interleaved run.") { rounds, json };
        quick.SetAction(parsed => Quick(parsed.GetValue(rounds), parsed.GetValue(json)));

        var options = new Argument<string[]>("options") { Description = "BenchmarkDotNet's own, after --.", Arity = ArgumentArity.ZeroOrMore };
        var suites = new Command("suites", "The BenchmarkDotNet suites; for example: copymc bench suites -- --filter '*Check*'") { options };
        suites.SetAction(parsed =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(BenchCommand).Assembly).Run(parsed.GetValue(options) ?? []);
            return ExitCode.Success;
        });
        return new Command("bench", "Measures.") { quick, suites };
    }

    private static int Quick(int? rounds, string? json)
    {
        IAnsiConsole console = CommandLine.Output();
        CopyEngine streaming = new(new CopyEngineOptions { Hint = CopyHint.Streaming });
        MeasurementSettings settings = MeasurementSettings.Full(rounds, MachineProbe.Run(CopyEngine.Shared).MemoryBytes);
        ThroughputReport report = ProgressView.Run(console, "throughput", progress =>
            new ThroughputRun(settings, progress).Run(MeasurementPoint.Quick, point =>
                Contenders.Quick(point.Hint, point.Hint == CopyHint.Streaming ? streaming : CopyEngine.Shared)));
        ThroughputText.Write(console, report);
        if (json is not null)
            ReportJson.Write(json, report, ReportJson.Default.ThroughputReport);
        return report.Points.All(point => point.EveryCopyComplete && point.Methods.All(method => method.CopiedExactly))
            ? ExitCode.Success : ExitCode.Failure;
    }
}
