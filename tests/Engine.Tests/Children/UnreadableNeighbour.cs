namespace CopyMc.Engine.Tests.Children;

/// <summary>
/// Copies that end or start at an unreadable page, without recovery: one byte too many kills the process.
/// </summary>
internal static unsafe class UnreadableNeighbour
{
    private const int Healthy = 4 * NativeRegion.PageSize;

    internal static int Run(string kernelName)
    {
        CopyKernel kernel = CopyKernel.Find(kernelName);
        CopyEngine engine = Engines.Of(kernel);
        FaultRecovery.Disable();
        using var source = new NativeRegion(2 * Healthy + NativeRegion.PageSize);
        using var destination = new NativeRegion(Healthy);
        PoisonInjector.Inject(source, Healthy, PoisonSource.TruncatedMapping);
        byte* page = source.Pointer + Healthy;

        foreach (int length in Enumerable.Range(1, 600).Concat(Lengths.All.Where(length => length > 600)))
        {
            for (int d = 0; d < Lengths.Alignments; d++)
            {
                FaultRecord record;
                _ = kernel.Copy(page - length, destination.Pointer + d, (nuint)length, &record);
                _ = kernel.Copy(page + NativeRegion.PageSize, destination.Pointer + d, (nuint)length, &record);
                // The same for the destination.
                _ = kernel.Copy(destination.Pointer + d, page - length, (nuint)length, &record);
                _ = kernel.Copy(destination.Pointer + d, page + NativeRegion.PageSize, (nuint)length, &record);
            }
        }

        // The page is marked: copies into and over it read no byte of it.
        source.Poison.Mark(Healthy, NativeRegion.PageSize);
        foreach (int before in Enumerable.Range(0, 300))
        {
            foreach (int beyond in (ReadOnlySpan<int>)[1, 63, 64, 65, 1000, 4096, 5000])
            {
                var length = (nuint)(before + beyond);
                if (engine.Copy(page - before, destination.Pointer, length) != (nuint)beyond)
                    return 1;
                if (engine.Copy(page - before, destination.Pointer, length, out _) != (nuint)beyond)
                    return 2;
            }
        }
        return 0;
    }
}
