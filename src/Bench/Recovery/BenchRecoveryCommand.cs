using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Throughput.Suites;

namespace CopyMc.Bench.Recovery;

/// <summary><c>copymc bench recovery</c>: what surviving poison costs, as distributions.</summary>
internal static class BenchRecoveryCommand
{
    private const int CleanRounds = 11;

    internal static Command Create(HelpWithExamples help)
    {
        Option<int?> samples = SharedOptions.Number("--samples", "How often each case meets poison", 1, CostSettings.MaxSamples, CostSettings.DefaultSamples);
        Option<string?> json = SharedOptions.Json();
        Option<string?> trace = SharedOptions.Trace();
        Option<bool> smoke = SharedOptions.Smoke();
        Argument<string[]> options = BenchSuiteCommands.Options("BenchmarkDotNet's own, after --.");
        var recovery = new Command("recovery", """
            What surviving poison costs, as distributions: by source of the fault, place of the poison, kernel, pages and threads, beside the cheapest fault there is and other ways to survive; under a minute.

            With options of BenchmarkDotNet: its suites of the same instead, with means.
            """)
        {
            samples, json, trace, smoke, options,
        };
        help.Add(
            recovery, "copymc bench recovery", "copymc bench recovery --samples 100000 --json recovery.json", "copymc bench recovery -- --list flat",
            "copymc bench recovery -- --filter '*Floor*' --job short");
        recovery.Validators.Add(result =>
        {
            if (result.GetValue(options) is { Length: > 0 } && new Option[] { samples, json, trace }.FirstOrDefault(option => result.GetResult(option) is not null) is { } own)
                result.AddError($"{own.Name} is not for the suites of BenchmarkDotNet: name its options alone, after --.");
        });
        recovery.SetAction(parsed => parsed.GetValue(options) is { Length: > 0 } passed ? BenchSuiteCommands.RunRecovery(passed) : Run(parsed.GetValue(samples), parsed.GetValue(json), parsed.GetValue(trace), parsed.GetValue(smoke)));
        return recovery;
    }

    private static int Run(int? samples, string? json, string? trace, bool smoke) => MeasuringCommand.Run(json, trace, "recovery", (machine, progress) =>
    {
        MeasurementSettings clean = smoke ? MeasurementSettings.Smoke(null) : MeasurementSettings.Full(CleanRounds, machine.MemoryAvailableBytes);
        return new CostRun(CopyEngine.Shared, smoke ? CostSettings.Smoke(samples) : CostSettings.Full(samples), progress).Run(machine, clean);
    }, RecoveryCostText.Write);
}
