namespace CopyMc.Engine.Tests.Copying;

/// <summary>Counts the allocations of this thread.</summary>
internal static class Allocations
{
    private const int Attempts = 10;

    /// <summary>The bytes that an action allocates.</summary>
    /// <remarks>
    /// A garbage collection counts the rest of the thread's allocation context as allocated, so an attempt with a collection is not used.
    /// </remarks>
    internal static long During(Action action)
    {
        for (int attempt = 0; ; attempt++)
        {
            int collections = GC.CollectionCount(0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (GC.CollectionCount(0) == collections || attempt == Attempts)
                return allocated;
        }
    }
}
