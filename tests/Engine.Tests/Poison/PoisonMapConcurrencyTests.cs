namespace CopyMc.Engine.Tests.Poison;

/// <summary>Any thread may make, mark, read and dispose maps at any time, also while copies run.</summary>
public sealed unsafe class PoisonMapConcurrencyTests
{
    private const int Length = 64 * NativeRegion.PageSize;
    private const int LineCount = Length / PoisonMap.LineSize;
    private const int Rounds = 20_000;

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void All_threads_see_a_mark_once_it_has_returned(string registry)
    {
        using var map = new PoisonMap(EveryRegistry.Of(registry), (void*)0x1000_0000, Length);
        int marked = 0;
        string? failure = null;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (Volatile.Read(ref marked) is int lines && lines < LineCount && failure is null)
            {
                // Marks from the last line downwards: lines above the number are marked, lines far below it are not.
                nuint first = map.FirstPoisoned(0, Length);
                if (first > (nuint)(LineCount - lines) * PoisonMap.LineSize)
                    failure = $"{lines} lines were marked, and the first was found at {first}.";
                int after = Volatile.Read(ref marked) + 1;
                if (first < (nuint)int.Max(LineCount - after, 0) * PoisonMap.LineSize)
                    failure = $"{after} lines at the most were marked, and the first was found at {first}.";
            }
        }))];
        foreach (Thread reader in readers)
            reader.Start();
        for (int line = LineCount; line-- > 0;)
        {
            map.Mark((nuint)line * PoisonMap.LineSize);
            Volatile.Write(ref marked, LineCount - line);
        }
        foreach (Thread reader in readers)
            reader.Join();
        Assert.Null(failure);
    }

    [Fact]
    public void Copies_always_see_a_map_while_others_are_made_and_disposed()
    {
        using var source = new NativeRegion(Length);
        using var destination = new NativeRegion(Length);
        nuint bad = Length / 2;
        source.Poison.Mark(bad);
        bool stop = false;
        Thread[] others = [.. Enumerable.Range(0, 2).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            while (!Volatile.Read(ref stop))
            {
                // Always after the lasting line.
                int start = random.Next(Length / 2 + PoisonMap.LineSize, Length - 1);
                using var map = new PoisonMap(source.Pointer + start, (nuint)random.Next(1, Length - start));
                map.Mark(0);
                if (random.Next(3) == 0)
                    map.Clear(0, 1);
            }
        }))];
        foreach (Thread other in others)
            other.Start();
        try
        {
            for (int i = 0; i < Rounds; i++)
            {
                Assert.Equal(Length - bad, CopyEngine.Shared.Copy(source.Pointer, destination.Pointer, Length));
                Assert.Equal(0u, CopyEngine.Shared.Copy(source.Pointer + bad - 1000, destination.Pointer, 1000));
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            foreach (Thread other in others)
                other.Join();
        }
        Assert.Equal(1, PoisonGate.Instance->PoisonedLines);
    }
}
