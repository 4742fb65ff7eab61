using System.Diagnostics;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>A long copy and the garbage collector do not wait for each other.</summary>
public sealed unsafe class GarbageCollectionTests(GarbageCollectionTests.Gigabyte gigabyte) : IClassFixture<GarbageCollectionTests.Gigabyte>
{
    /// <summary>Enough collections to rule out that all ran before or after the copy.</summary>
    private const int LeastCollections = 4;

    private readonly List<double> _pauses = [];
    private long _collections;

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Collections_complete_while_1_GiB_is_copied(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        ExpectCollectionsDuring(() => Assert.Equal(0u, engine.Copy(gigabyte.Source.Pointer, gigabyte.Destination.Pointer, gigabyte.Source.Length)));
    }

    /// <summary>Calls the kernel directly, because the engine returns to managed code after each block.</summary>
    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Collections_complete_while_a_kernel_copies_1_GiB_in_one_call(string kernel)
    {
        CopyKernel copy = CopyKernel.Find(kernel);
        ExpectCollectionsDuring(() =>
        {
            FaultRecord record;
            Assert.Equal(0u, copy.Copy(gigabyte.Source.Pointer, gigabyte.Destination.Pointer, gigabyte.Source.Length, &record));
        });
    }

    private void ExpectCollectionsDuring(Action copy)
    {
        double alone = Median(() => { }, atLeast: 10);
        long during = 0;
        // Tries again until the scheduler has run the two threads at the same time.
        double besideCopies = Median(
            () =>
            {
                for (int i = 0; i < 50 && during < LeastCollections; i++)
                {
                    long before = Volatile.Read(ref _collections);
                    copy();
                    during = long.Max(during, Volatile.Read(ref _collections) - before);
                }
            },
            atLeast: 1);
        TestContext.Current.SendDiagnosticMessage(
            $"GC beside the copy / GC alone: {besideCopies / alone:F2} ({besideCopies:F0} us / {alone:F0} us), {during} collections in one copy");
        TestContext.Current.TestOutputHelper?.WriteLine($"GC beside the copy / GC alone: {besideCopies / alone:F2}");
        Assert.True(during >= LeastCollections, $"At most {during} collections completed while a copy was in flight.");
    }

    /// <summary>Collects on another thread until <paramref name="work"/> is done, and at least so many times. Returns microseconds.</summary>
    private double Median(Action work, int atLeast)
    {
        bool done = false;
        _pauses.Clear();
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done) || _pauses.Count < atLeast)
            {
                long start = Stopwatch.GetTimestamp();
                GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                _pauses.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                Interlocked.Increment(ref _collections);
                // Back-to-back collections would leave managed kernels no time to copy.
                Thread.Sleep(1);
            }
        });
        collector.Start();
        work();
        Volatile.Write(ref done, true);
        collector.Join();
        _pauses.Sort();
        return _pauses[_pauses.Count / 2];
    }

    /// <summary>A source of 1 GiB of the kernel's zero page, and a destination.</summary>
    public sealed class Gigabyte : IDisposable
    {
        internal NativeRegion Source { get; } = new(1 << 30, new NativeRegionOptions { Pages = PageKind.TransparentHuge, Populate = false });

        internal NativeRegion Destination { get; } = new(1 << 30, new NativeRegionOptions { Pages = PageKind.TransparentHuge });

        /// <inheritdoc/>
        public void Dispose()
        {
            Source.Dispose();
            Destination.Dispose();
        }
    }
}
