using System.CommandLine;
using System.Globalization;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Throughput.Quick;

/// <summary><c>copymc bench quick</c>: the engine's ratio to NativeMemory.Copy, measured in several processes one after the other.</summary>
internal static class BenchQuickCommand
{
    private const int DefaultProcesses = 5, SmokeProcesses = 2, MaxProcesses = 100;

    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> rounds = SharedOptions.Rounds(MeasurementSettings.QuickRounds);
        Option<int?> processes = SharedOptions.Number("--processes", "Measure in so many processes, one after the other, which share the rounds", 1, MaxProcesses, DefaultProcesses);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        var part = new Option<bool>("--part") { Description = "Be one of the processes.", Hidden = true };
        var quick = new Command("quick", "The engine's ratio to NativeMemory.Copy from 64 B to 64 MiB, hot and cold, in under a minute.")
        {
            rounds, processes, json, trace, smoke, part,
        };
        help.Add(quick, "copymc bench quick", "copymc bench quick --rounds 100 --processes 10 --json ratios.json", "copymc report new.json --compare old.json");
        quick.Validators.Add(result =>
        {
            if (result.GetValue(trace) is not null && result.GetValue(processes) is > 1)
                result.AddError("--trace traces this process: it cannot go with --processes.");
        });
        quick.SetAction(parsed =>
        {
            bool isSmoke = parsed.GetValue(smoke);
            if (parsed.GetValue(part))
                return RunPart(Settings(parsed.GetValue(rounds)!.Value, isSmoke));
            string? events = parsed.GetValue(trace);
            int apart = parsed.GetValue(processes) ?? (events is not null ? 1 : isSmoke ? SmokeProcesses : DefaultProcesses);
            return Run(parsed.GetValue(rounds), apart, parsed.GetValue(json), events, isSmoke);
        });
        return quick;
    }

    private static int Run(int? rounds, int processes, string? json, string? trace, bool smoke) => MeasuringCommand.Run(json, trace, "throughput", (_, progress) =>
    {
        // No process measures fewer than one round.
        int each = ((rounds ?? (smoke ? processes : MeasurementSettings.QuickRounds)) + processes - 1) / processes;
        MeasurementSettings settings = Settings(each, smoke);
        ThroughputReport throughput = ThroughputReport.Of(
            settings, processes == 1 ? [Sample(settings, progress)] : [.. SampleApart(processes, each, smoke, progress)]);
        return new QuickReport { Throughput = throughput, EveryCheckHeld = throughput.EveryCheckHeld };
    }, (console, report) => QuickText.Write(console, report.Throughput));

    private static int RunPart(MeasurementSettings settings)
    {
        MeasuringProcess.EndWithStarter();
        MeasuringProcess.Tell(Sample(settings, new Teller()));
        return ExitCode.Success;
    }

    private static MeasurementSettings Settings(int rounds, bool smoke) => smoke
        ? MeasurementSettings.Smoke(rounds)
        : MeasurementSettings.Full(rounds, MachineProbe.Run(CopyEngine.Shared).MemoryAvailableBytes);

    private static PointSamples[] Sample(MeasurementSettings settings, IProgress<PhaseProgress> progress)
    {
        CopyEngine engine = CopyEngine.Shared;
        CopyEngine streaming = new(new CopyEngineOptions { Hint = CopyHint.Streaming });
        return new ThroughputRun(settings, progress).Sample(MeasurementPoint.Quick, point =>
            Contenders.Quick(point, point.Hint == CopyHint.Streaming ? streaming : engine));
    }

    private static IEnumerable<PointSamples[]> SampleApart(int processes, int rounds, bool smoke, IProgress<PhaseProgress> progress)
    {
        List<string> arguments = ["bench", "quick", "--part", "--rounds", rounds.ToString(CultureInfo.InvariantCulture)];
        if (smoke)
            arguments.Add("--smoke");
        for (int i = 0; i < processes; i++)
        {
            double from = (double)i / processes, to = (i + 1.0) / processes;
            yield return MeasuringProcess.Run(arguments, new PartOfProgress(progress, from, to, $"process {i + 1} of {processes}"));
        }
    }

    private sealed class Teller : IProgress<PhaseProgress>
    {
        public void Report(PhaseProgress value) => MeasuringProcess.Tell(value);
    }
}
