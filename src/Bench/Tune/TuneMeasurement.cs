using System.CommandLine;
using System.Text;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Tune;

/// <summary><c>copymc tune</c>: finds the fastest way to make long copies on this machine, and writes a profile.</summary>
internal sealed class TuneMeasurement() : Measurement(
    "tune", typeof(TuneReport), defaultRounds: 15, """
    Finds the fastest way to make long copies on this machine, in about a minute and a half, and writes a profile for COPYMC_TUNING.
    """, "copymc tune", "copymc tune --output copymc.tuning", "COPYMC_TUNING=copymc.tuning copymc probe")
{
    private readonly Option<string?> _output = new("--output") { Description = "Write the profile there.", HelpName = "FILE" };

    internal override bool IsUnderBench => false;

    protected override void AddOptions(Command command)
    {
        base.AddOptions(command);
        command.Add(_output);
    }

    /// <exception cref="PlatformNotSupportedException">There are no native kernels here.</exception>
    protected override Result Measure(MeasurementRequest request)
    {
        if (FaultRecovery.UnsupportedReason is { } reason)
            throw new PlatformNotSupportedException($"copymc tune measures the native kernels: {reason}");
        ReportFile? profile = ReportFile.For(
            request.Parsed.GetValue(_output), request.Parsed.GetValue<string?>("--json"), request.Parsed.GetValue<string?>("--trace"));
        TuneReport report = new TuneRun(request.SettingsFor(request.Rounds), request.Machine.MemoryAvailableBytes, request.Progress).Run();
        profile?.Write(stream => stream.Write(Encoding.UTF8.GetBytes(report.Profile)));
        return report;
    }
}
