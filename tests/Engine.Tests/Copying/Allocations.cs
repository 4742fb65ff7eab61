namespace CopyMc.Engine.Tests.Copying;

/// <summary>Counts what this thread allocates.</summary>
internal static class Allocations
{
    private const int Attempts = 3;

    /// <summary>The fewest bytes that an action allocates in several attempts.</summary>
    /// <remarks>The runtime allocates now and then for itself, once, such as for the first lock that a thread has to wait for.</remarks>
    internal static long During(Action action)
    {
        long fewest = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && fewest > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            fewest = long.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return fewest;
    }
}
