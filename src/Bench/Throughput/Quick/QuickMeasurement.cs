using System.CommandLine;
using System.Globalization;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Throughput.Quick;

/// <summary><c>copymc bench quick</c>: the engine's ratio to NativeMemory.Copy, measured in several processes one after the other.</summary>
internal sealed class QuickMeasurement() : Measurement(
    "quick", typeof(QuickReport), defaultRounds: 35, "The engine's ratio to NativeMemory.Copy: 64 B to 64 MiB, and mixtures of sizes, in a minute and a half.",
    "copymc bench quick", "copymc bench quick --rounds 100 --processes 10 --json ratios.json", "copymc report new.json --compare old.json")
{
    private const int DefaultProcesses = 5, SmokeProcesses = 2, MaxProcesses = 100;

    private readonly Option<int?> _processes =
        SharedOptions.Number("--processes", "The number of processes, one after the other, which share the rounds", 1, MaxProcesses, DefaultProcesses);

    private readonly Option<bool> _part = new("--part") { Description = "Be one of the processes.", Hidden = true };

    protected override void AddOptions(Command command)
    {
        base.AddOptions(command);
        command.Add(_processes);
        command.Add(_part);
        command.Validators.Add(result =>
        {
            if (result.GetValue<string?>("--trace") is not null && result.GetValue(_processes) is > 1)
                result.AddError("--trace traces this process: it cannot be combined with --processes.");
        });
    }

    protected override Result Measure(MeasurementRequest request)
    {
        int processes = request.Parsed.GetValue(_processes) ?? (request.Events is not null ? 1 : request.Smoke ? SmokeProcesses : DefaultProcesses);
        // At least one round in each process.
        int rounds = (request.Rounds + processes - 1) / processes;
        MeasurementSettings settings = request.SettingsFor(rounds);
        ThroughputReport throughput = ThroughputReport.Of(
            settings, processes == 1 ? [Sample(settings, request.Progress)] : [.. SampleApart(processes, rounds, request.Smoke, request.Progress)]);
        return new QuickReport(throughput) { EveryCheckHeld = throughput.EveryCheckHeld };
    }

    /// <summary>In one of the processes.</summary>
    protected override int? RunOther(ParseResult parsed)
    {
        if (!parsed.GetValue(_part))
            return null;
        MeasuringProcess.EndWithStarter();
        var progress = new Teller();
        var request = new MeasurementRequest(parsed, 1, MachineProbe.Run(CopyEngine.Shared), progress, Events: null);
        MeasuringProcess.Tell(Sample(request.SettingsFor(request.Rounds), progress));
        return ExitCode.Success;
    }

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
