using System.Runtime.InteropServices;

namespace CopyMc.Contract.Promises;

/// <summary>The control: a copy that cannot recover dies of what the others survive, or they would have survived nothing.</summary>
public sealed unsafe class UnprotectedCopies
{
    // Not SIGABRT, of which .NET dies for any other reason.
    private const int KilledBySigBus = 128 + 7;

    private const string AboutToCopy = "about to copy";

    public void NativeMemory_Copy_dies_by_SIGBUS_where_an_engine_has_just_lived(PoisonSource source) =>
        Require.Equal((KilledBySigBus, AboutToCopy), Child.Run($"{nameof(CopyUnprotected)} {source}"));

    internal static int CopyUnprotected(PoisonSource source)
    {
        using var region = new NativeRegion(3 * NativeRegion.PageSize);
        using var destination = new NativeRegion(region.Length);
        // An engine's copy lives, in this very process and place.
        PoisonInjector.Inject(region, NativeRegion.PageSize, source);
        if (CopyEngine.Shared.Copy(region.Pointer, destination.Pointer, region.Length) != 2 * NativeRegion.PageSize)
            return 1;
        Console.Write(AboutToCopy);
        NativeMemory.Copy(region.Pointer, destination.Pointer, region.Length);
        return 0;
    }
}
