using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tune;

/// <summary>A way to make a long copy: a kernel, and the values with which it uses one loop at every length.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Kind">Which of the choices it belongs to.</param>
/// <param name="Kernel">A native kernel that runs here.</param>
/// <param name="Values">The values.</param>
internal sealed record Way(string Name, WayKind Kind, CopyKernel Kernel, StubTuning Values)
{
    internal const string StringCopy = "rep movsb";

    private BareKernel Copy => BareKernel.Find(Kernel)!.Value;

    /// <summary>All ways that this machine has. The kernel of the table comes first among its kind.</summary>
    internal static IReadOnlyList<Way> All()
    {
        var ways = new List<Way>();
        foreach (CopyKernel kernel in CopyKernel.Available.Where(kernel => kernel.RecoversFromFaults && !kernel.Name.EndsWith("rep-movsb", StringComparison.Ordinal)))
        {
            string isa = kernel.Name["native-".Length..].Replace("-streaming", "", StringComparison.Ordinal).Replace("-erms", "", StringComparison.Ordinal);
            if (kernel.IsStreaming)
            {
                ways.Add(new Way($"{isa} stream", WayKind.Stream, kernel, Streaming(StubTuning.InEights)));
                if (isa != "neon")
                    ways.Add(new Way($"{isa} prefetch", WayKind.Stream, kernel, Streaming(StubTuning.Prefetching)));
            }
            else if (kernel.Name.EndsWith("-erms", StringComparison.Ordinal))
            {
                if (ways.All(way => way.Kind != WayKind.StringCopy))
                    ways.Add(new Way(StringCopy, WayKind.StringCopy, kernel, StubTuning.Current with { StringCopyAbove = 0, StringCopyDistance = 4095 }));
            }
            else
            {
                ways.Add(new Way($"{isa} loop", WayKind.Loop, kernel, StubTuning.Current with { LoopInHalves = 0 }));
                if (isa == "avx512")
                    ways.Add(new Way($"{isa} halves", WayKind.Loop, kernel, StubTuning.Current with { LoopInHalves = 1 }));
            }
        }
        // SSE2 only where there is nothing wider: it has never been faster.
        return ways.Exists(way => way.Name.StartsWith("avx", StringComparison.Ordinal)) ? [.. ways.Where(way => !way.Name.StartsWith("sse", StringComparison.Ordinal))] : ways;
    }

    internal Contender Contender(bool reads) =>
        reads ? new Contender<CopyThenRead>(Name, new CopyThenRead(Copy)) : new Contender<BareKernel>(Name, Copy);

    private static StubTuning Streaming(uint form) => StubTuning.Current with { StreamsHintedFrom = 0, StreamingForm = form };
}
