using CopyMc.Bench.Watch;

namespace CopyMc.Bench.Tests.Watch;

/// <summary>The figures of a watched process, from the engine's instruments as the runtime sends them.</summary>
public sealed class EngineFiguresTests
{
    [Fact]
    public void Each_value_arrives_in_its_figure()
    {
        var figures = new EngineFigures();
        figures.Set("copymc.memory.copied", "copymc.copy.length=long", "0");
        _ = figures.Read(TimeSpan.Zero);
        (string Instrument, string Tags)[] values =
        [
            ("copymc.memory.copied", "copymc.copy.length=long"), ("copymc.memory.copied", "copymc.copy.length=short"),
            ("copymc.copies", "copymc.copy.length=long"), ("copymc.copies", "copymc.copy.length=short"),
            ("copymc.poison.hits", "copymc.fault.kind=known_poison"), ("copymc.poison.hits", "copymc.fault.kind=machine_check"),
            ("copymc.poison.hits", "copymc.fault.kind=bus_error"), ("copymc.poison.hits", "copymc.fault.kind=access_violation"),
            ("copymc.collapses", "copymc.collapse.outcome=committed"), ("copymc.collapses", "copymc.collapse.outcome=aborted"),
        ];
        // Powers of two, so that every sum tells what is in it.
        for (int i = 0; i < values.Length; i++)
            figures.Set(values[i].Instrument, values[i].Tags, $"{1 << i}");
        Assert.Equal(
            new WatchReading(2, CopiedBytes: 1 + 2, Copies: 4 + 8, 1.5, new PoisonHits(16, 32, 64, 128), CommittedCollapses: 256, AbortedCollapses: 512),
            figures.Read(TimeSpan.FromSeconds(2)));
    }
}
