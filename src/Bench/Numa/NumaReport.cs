using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Numa;

/// <summary>The result of <c>bench numa</c>.</summary>
/// <param name="Rounds">The number of rounds; each times every cell once.</param>
/// <param name="Poison">The source of the poison; null if there is no latent poison here.</param>
/// <param name="Cells">Every node with CPUs, with every node with memory.</param>
internal sealed record NumaReport(int Rounds, PoisonSource? Poison, IReadOnlyList<NumaCell> Cells) : Result
{
    internal override void Write(Document document)
    {
        document.Section("Local and remote memory");
        if (Machine.Processors is not { Nodes.Count: > 1 })
            document.Paragraph($"{"This machine has one node":strong}: no memory is remote.");
        document.Paragraph($"Copies of 2 MiB that are in no cache, and recoveries from unknown poison ({Poison?.ToString() ?? "none here"}) after one page, {Rounds} rounds.");
        document.Table(Cells, table => table
            .Words("CPUs of", cell => $"node {Figure.Of(cell.CpuNode, Units.Whole)}")
            .Words("memory of", cell => $"node {Figure.Of(cell.MemoryNode, Units.Whole)}")
            .Figure("copy", cell => cell.CopyMicroseconds.Median, Units.Time)
            .Figure("GiB/s", cell => cell.GibibytesPerSecond, Units.Number)
            .Quartiles("to local", cell => cell.RatioToLocal, Units.Ratio, Mark.Strong)
            .Figure("recovery", cell => cell.RecoveryMicroseconds?.Median, Units.Time)
            .Check(cell => cell.Exact));
        document.Paragraph("To local: the time of the copy divided by that in the memory of the CPUs' own node in the same round; half: the values between which the "
            + "middle half of the rounds lies.");
    }
}
