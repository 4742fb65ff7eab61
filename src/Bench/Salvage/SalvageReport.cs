using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Salvage;

/// <summary>The result of <c>bench salvage</c>.</summary>
/// <param name="Rounds">Rounds in which every case was timed once.</param>
/// <param name="Poison">The source of the poison.</param>
/// <param name="CleanCopyMicroseconds">A copy of 2 MiB without poison.</param>
/// <param name="FloorFaultMicroseconds">A load that raises SIGBUS, with a handler that steps over it.</param>
/// <param name="Salvages">The cases.</param>
internal sealed record SalvageReport(
    int Rounds, PoisonSource Poison, Quartiles CleanCopyMicroseconds, Quartiles FloorFaultMicroseconds, IReadOnlyList<SalvageRow> Salvages) : Result
{
    internal override void Write(Document document)
    {
        document.Section("What a salvage costs");
        document.Paragraph($"Salvages of 2 MiB with unknown bad pages ({Poison}), {Rounds} rounds, all in turns. A clean copy takes "
            + $"{Figure.Of(CleanCopyMicroseconds.Median, Units.Time)}, the cheapest fault {Figure.Of(FloorFaultMicroseconds.Median, Units.Time)}.");
        document.Table(Salvages, table => table
            .Words("bad pages", row => $"{Figure.Of(row.BadPages, Units.Whole)}{(row.BadPages == 1 ? "" : $", {row.Layout.ToString().ToLowerInvariant()}")}")
            .Figure("time", row => row.Microseconds.Median, Units.Time)
            .Quartiles("ratio", row => row.RatioToFloor, Units.Ratio)
            .Figure("without", row => row.MicrosecondsWithoutLookAhead.Median, Units.Time)
            .Quartiles("ratio", row => row.RatioToFloorWithoutLookAhead, Units.Ratio)
            .Check(row => row.Exact));
        document.Paragraph("Ratio: to a clean copy plus one cheapest fault for each bad page; half: the values between which the middle half of the rounds lies. "
            + "With look-ahead the salvage asks the kernel which of the next pages are bad; the columns from \"without\" on are without it.");
    }
}
