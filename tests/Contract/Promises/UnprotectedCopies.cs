using System.Runtime.InteropServices;

namespace CopyMc.Contract.Promises;

/// <summary>The control: a copy that cannot recover dies of what the others survive, or they would have survived nothing.</summary>
public sealed unsafe class UnprotectedCopies
{
    // SIGBUS kills; or .NET sees it first, reports it and aborts.
    private const int KilledBySigBus = 128 + 7, Aborted = 128 + 6;

    public void NativeMemory_Copy_does_not_survive_a_page_that_the_kernel_has_given_up(PoisonedFrames frames) =>
        Require.True(Child.Run(nameof(CopyUnprotected)) is KilledBySigBus or Aborted);

    internal static int CopyUnprotected()
    {
        using var region = new NativeRegion(3 * NativeRegion.PageSize);
        using var destination = new NativeRegion(region.Length);
        // An engine's copy lives, in this very process and place.
        PoisonInjector.Inject(region, NativeRegion.PageSize, PoisonSource.HwPoison);
        if (CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length) != 2 * NativeRegion.PageSize)
            return 1;
        NativeMemory.Copy(region.Pointer, destination.Pointer, region.Length);
        return 0;
    }
}
