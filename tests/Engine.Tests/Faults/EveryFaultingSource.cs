using CopyMc.Contract;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Every source of poison that raises a signal. One that does not work here is a skipped row with the reason.</summary>
public sealed class EveryFaultingSource : TheoryData<PoisonSource>
{
    /// <summary>Lists them.</summary>
    public EveryFaultingSource()
    {
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.Bitmap))
            Add(new TheoryDataRow<PoisonSource>(source) { Skip = FaultRecovery.UnsupportedReason ?? RealPoison.UnusableReason(source) });
    }
}
