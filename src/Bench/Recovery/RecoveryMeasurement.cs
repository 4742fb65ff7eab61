using System.CommandLine;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;
using CopyMc.Bench.Throughput.Suites;

namespace CopyMc.Bench.Recovery;

/// <summary><c>copymc bench recovery</c>: what surviving poison costs, as distributions.</summary>
internal sealed class RecoveryMeasurement() : Measurement(
    "recovery", typeof(RecoveryCostReport), defaultRounds: 50, """
    What surviving poison costs, as distributions: by source of the fault, place of the poison, kernel, pages and threads, beside the cheapest possible fault and other ways to survive; under a minute.

    With options of BenchmarkDotNet: its suites for the same, with means.
    """,
    "copymc bench recovery", "copymc bench recovery --samples 100000 --json recovery.json", "copymc bench recovery -- --list flat",
    "copymc bench recovery -- --filter '*Floor*' --job short")
{
    private const int MaxSamples = 10_000_000, SmokeSamples = 40, CleanRounds = 11, SmokeCleanRounds = 2;

    /// <summary>Ten beyond the 99.9th percentile.</summary>
    private const int DefaultSamples = 10_000;

    private readonly Option<int?> _samples = SharedOptions.Number("--samples", "How often each case meets poison", 1, MaxSamples, DefaultSamples);

    private readonly Argument<string[]> _options = BenchSuiteCommands.Options("BenchmarkDotNet's own, after --.");

    /// <summary>Samples take the place of rounds.</summary>
    protected override void AddOptions(Command command)
    {
        command.Add(_samples);
        command.Add(_options);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_options) is { Length: > 0 } && command.Options.FirstOrDefault(option => !option.Hidden && result.GetResult(option) is { Implicit: false }) is { } own)
                result.AddError($"{own.Name} is not for the suites of BenchmarkDotNet: give its options alone, after --.");
        });
    }

    protected override int? RunOther(ParseResult parsed) =>
        parsed.GetValue(_options) is { Length: > 0 } options ? BenchSuiteCommands.RunRecovery(options) : null;

    protected override Result Measure(MeasurementRequest request)
    {
        int samples = request.Parsed.GetValue(_samples) ?? (request.Smoke ? SmokeSamples : DefaultSamples);
        return new CostRun(CopyEngine.Shared, samples, Math.Min(request.Rounds, samples), request.Progress)
            .Run(request.Machine, request.SettingsFor(request.Smoke ? SmokeCleanRounds : CleanRounds));
    }
}
