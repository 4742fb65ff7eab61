using System.CommandLine;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Results;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Commands;

/// <summary>What a measurement is given.</summary>
/// <param name="Parsed">The command line.</param>
/// <param name="DefaultRounds">Rounds without <c>--rounds</c>.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Progress">Is told how far the measurement is.</param>
/// <param name="Events">The file of <c>--trace</c>; null without it.</param>
internal sealed record MeasurementRequest(
    ParseResult Parsed, int DefaultRounds, MachineReport Machine, IProgress<PhaseProgress> Progress, ReportFile? Events)
{
    private const int SmokeRounds = 2;

    /// <summary>Whether to measure for moments only; the figures mean nothing then.</summary>
    internal bool Smoke => Parsed.GetValue<bool>("--smoke");

    internal int Rounds => Parsed.GetValue<int?>("--rounds") ?? (Smoke ? SmokeRounds : DefaultRounds);

    internal MeasurementSettings SettingsFor(int rounds) =>
        Smoke ? MeasurementSettings.Smoke(rounds) : MeasurementSettings.Full(rounds, Machine.MemoryAvailableBytes);
}
