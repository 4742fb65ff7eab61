using CopyMc.Contract;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Every source of poison that raises a signal; what cannot be had, or survived, here is skipped and says why.</summary>
public sealed class EveryFaultingSource : TheoryData<PoisonSource>
{
    /// <summary>Lists them.</summary>
    public EveryFaultingSource()
    {
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.Bitmap))
            Add(new TheoryDataRow<PoisonSource>(source) { Skip = FaultRecovery.UnsupportedReason ?? RealPoison.UnusableReason(source) });
    }
}
