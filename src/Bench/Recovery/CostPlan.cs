using CopyMc.Bench.MainJob;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Recovery;

/// <summary>
/// The cases to measure on this machine: from one origin (the most real poison that costs no memory, at the first byte, small pages, one thread, the
/// chosen kernel) along each axis. All combinations would take an hour and tell little more.
/// </summary>
internal sealed class CostPlan : IDisposable
{
    private readonly Dictionary<CostPlace, FaultyMemory[]> _memory = [];
    private readonly List<CostCase> _cases = [];
    private readonly List<SkippedCost> _skipped = [];
    private readonly List<CostMethod> _peers = [];

    internal CostPlan(CopyEngine engine, long freeHugeTlbPages)
    {
        try
        {
            CostMethod chosen = CostMethod.Of(engine);
            Add(chosen, new CostPlace(PoisonSource.Bitmap, PoisonPosition.FirstLine, PageKind.Small, 1));
            LatentPoison latent = LatentPoison.For(engine);
            if (latent.Free is not { } source)
            {
                Skip("recovery from faults", latent.SkippedReason ?? "every source of faults changes the machine");
                return;
            }
            Source = source;
            if (Yardsticks.IsAvailable)
                _peers.AddRange(Peers.All());
            else
                Skip("the floor, the peers and the split", "libyardsticks.so was not built, which needs a C compiler");
            AddAll(chosen, new CostPlace(source, PoisonPosition.FirstLine, PageKind.Small, 1), freeHugeTlbPages);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal IReadOnlyList<CostCase> Cases => _cases;

    internal IReadOnlyList<SkippedCost> Skipped => _skipped;

    internal IReadOnlyList<CostMethod> PeerMethods => _peers;

    /// <summary>The source at the origin; null if copies do not recover here.</summary>
    internal PoisonSource? Source { get; }

    internal CostCase? FloorOf(CostCase one) =>
        _cases.FirstOrDefault(other => other.Method.Role == CostRole.Floor && other.Place == one.Place.ForFloor);

    public void Dispose()
    {
        foreach (FaultyMemory memory in _memory.Values.SelectMany(memory => memory))
            memory.Dispose();
    }

    private void AddAll(CostMethod chosen, CostPlace origin, long freeHugeTlbPages)
    {
        foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.Bitmap))
        {
            if (UsablePoison.UnusableReason(source) is { } reason)
                Skip(source.ToString(), reason);
            else
                AddWithFloor(chosen, origin with { Source = source });
        }

        foreach (PoisonPosition position in PoisonPositions.Poisoned)
        {
            if (position != origin.Position)
                Add(chosen, origin with { Position = position });
            foreach (CostMethod peer in _peers)
                Add(peer, origin with { Position = position });
        }

        foreach (CopyKernel kernel in CopyKernel.Available.Where(kernel => kernel.RecoversFromFaults && kernel.Name != chosen.Kernel))
            Add(CostMethod.Of(kernel), origin);

        AddWithFloor(chosen, origin with { Pages = PageKind.TransparentHuge });
        if (freeHugeTlbPages >= 2)
            AddWithFloor(chosen, origin with { Pages = PageKind.HugeTlb });
        else
            Skip(nameof(PageKind.HugeTlb), "the pool has fewer than 2 free pages (vm.nr_hugepages)");

        for (int threads = 2; threads <= Environment.ProcessorCount; threads *= 2)
            AddWithFloor(chosen, origin with { Threads = threads });
        if (Environment.ProcessorCount < 2)
            Skip("several threads", "there is one processor");
    }

    private void AddWithFloor(CostMethod method, CostPlace place)
    {
        if (Add(method, place) && Yardsticks.IsAvailable)
            Add(Peers.Floor(), place.ForFloor);
    }

    private bool Add(CostMethod method, CostPlace place)
    {
        if (!_memory.TryGetValue(place, out FaultyMemory[]? memory))
        {
            var made = new List<FaultyMemory>();
            try
            {
                for (int thread = 0; thread < place.Threads; thread++)
                    made.Add(new FaultyMemory(place.Source, place.Position, place.Pages));
            }
            catch (Exception error) when (error is IOException or PlatformNotSupportedException)
            {
                made.ForEach(one => one.Dispose());
                Skip($"{place.Source}, {place.Pages}", error.Message);
                return false;
            }
            _memory[place] = memory = [.. made];
        }
        _cases.Add(new CostCase(method, place, memory));
        return true;
    }

    private void Skip(string what, string reason) => _skipped.Add(new SkippedCost(what, reason.TrimEnd('.')));
}
