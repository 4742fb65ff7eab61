using CopyMc.Contract;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Recoveries on many threads, together with the other signals and suspensions of a .NET process.</summary>
internal static unsafe class RecoveryStress
{
    private const int CopyThreads = 6;

    private static volatile bool s_stop;
    private static string? s_failure;

    /// <summary>Prints "recoveries, collections, null references"; returns 0 only if every count was right.</summary>
    internal static int Run(int recoveries)
    {
        long nullReferences = 0, recovered = 0;
        Thread[] copiers = [.. Enumerable.Range(0, CopyThreads).Select(i => new Thread(() => Interlocked.Add(ref recovered, Copy(i, recoveries / CopyThreads + 1))))];
        Thread[] others =
        [
            new(() => Interlocked.Add(ref nullReferences, DereferenceNull())),
            new(Allocate),
            new(Collect),
        ];
        foreach (Thread thread in (Thread[])[.. copiers, .. others])
            thread.Start();
        foreach (Thread thread in copiers)
            thread.Join();
        s_stop = true;
        foreach (Thread thread in others)
            thread.Join();
        Console.WriteLine($"{recovered} {GC.CollectionCount(0)} {nullReferences}");
        if (s_failure is not null)
            Console.Error.WriteLine(s_failure);
        return s_failure is null ? 0 : 1;
    }

    private static int Copy(int seed, int count)
    {
        var random = new Random(seed);
        CopyEngine[] engines =
            [.. CopyKernel.Available.Where(kernel => kernel.RecoversFromFaults).Select(kernel => new CopyEngine(new CopyEngineOptions { Kernel = kernel }))];
        const int Good = 4 * NativeRegion.PageSize;
        using var source = new NativeRegion(Good + NativeRegion.PageSize);
        using var destination = new NativeRegion(Good + NativeRegion.PageSize);
        random.NextBytes(source.Span[..Good]);
        PoisonInjector.Inject(source, Good, seed % 2 == 0 ? PoisonSource.TruncatedMapping : RealPoison.Usable[^1]);
        for (int i = 0; i < count && s_failure is null; i++)
        {
            int start = random.Next(Good), expected = Good - start;
            destination.Span[..(expected + 64)].Fill(0xC5);
            CopyEngine engine = engines[i % engines.Length];
            nuint length = (nuint)(expected + 1 + random.Next(NativeRegion.PageSize - 1));
            int copied = (int)(length - engine.Copy(source.Pointer + start, destination.Pointer, length));
            // Clear the map, so that the next copy faults again.
            source.Poison.Clear(Good, NativeRegion.PageSize);
            if (copied != expected || !destination.Span[..copied].SequenceEqual(source.Span.Slice(start, copied))
                || destination.Span.Slice(copied, 64).ContainsAnyExcept((byte)0xC5))
            {
                s_failure = $"{engine.Kernel}: {copied} copied of {length} from {start}, expected {expected}.";
            }
        }
        return count;
    }

    private static long DereferenceNull()
    {
        long caught = 0;
        string? nothing = Environment.GetEnvironmentVariable("no such variable");
        while (!s_stop)
        {
            try
            {
                caught += nothing!.Length;
            }
            catch (NullReferenceException)
            {
                caught++;
            }
        }
        return caught;
    }

    private static void Allocate()
    {
        object?[] kept = new object?[1000];
        for (int i = 0; !s_stop; i++)
            kept[i % kept.Length] = new byte[i % 5000];
    }

    private static void Collect()
    {
        for (int i = 0; !s_stop; i++)
        {
            GC.Collect(i % 3);
            Thread.Sleep(1);
        }
    }
}
