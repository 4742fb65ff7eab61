using CopyMc.Contract;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Every recovering kernel with every source of poison that raises a signal. A combination that does not work here is a skipped row with the reason.</summary>
public sealed class EveryLatentPoison : TheoryData<string, PoisonSource>
{
    /// <summary>Lists them.</summary>
    public EveryLatentPoison()
    {
        foreach (CopyKernel kernel in CopyKernel.All.Where(kernel => kernel.RecoversFromFaults))
        {
            foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.Bitmap))
            {
                string? missing = kernel.UnsupportedReason ?? RealPoison.UnusableReason(source);
                Add(new TheoryDataRow<string, PoisonSource>(kernel.Name, source) { Skip = missing });
            }
        }
    }
}
