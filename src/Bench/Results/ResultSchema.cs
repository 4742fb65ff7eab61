using CopyMc.Bench.Collapse;
using CopyMc.Bench.CollapseCost;
using CopyMc.Bench.Gc;
using CopyMc.Bench.Limits;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Probe;
using CopyMc.Bench.Recovery;
using CopyMc.Bench.Salvage;
using CopyMc.Bench.Throughput.Quick;
using CopyMc.Bench.Watch;

namespace CopyMc.Bench.Results;

/// <summary>A kind of result: the name that its JSON carries, and the newest version that this copymc knows.</summary>
/// <remarks>Added members keep the version. Renamed, removed or redefined members make the next one (docs/json.md).</remarks>
/// <param name="Kind">For example <c>bench-quick</c>, of <c>copymc/bench-quick/1</c>.</param>
/// <param name="Version">Counts from 1.</param>
/// <param name="Type">The record it is read into.</param>
internal sealed record ResultSchema(string Kind, int Version, Type Type)
{
    internal const string Product = "copymc";

    /// <summary>A new kind of result is one line here.</summary>
    internal static IReadOnlyList<ResultSchema> All { get; } =
    [
        new("probe", 1, typeof(ProbeReport)),
        new("main-job", 1, typeof(MainJobReport)),
        new("bench-quick", 1, typeof(QuickReport)),
        new("bench-recovery", 1, typeof(RecoveryCostReport)),
        new("bench-limits", 1, typeof(LimitsReport)),
        new("bench-collapse", 1, typeof(CollapseCostReport)),
        new("collapse", 1, typeof(CollapseReport)),
        new("bench-salvage", 1, typeof(SalvageReport)),
        new("bench-gc", 1, typeof(GcCostReport)),
        new("watch", 1, typeof(WatchReport)),
    ];

    internal string Name => $"{Product}/{Kind}/{Version}";

    internal static string NameOf(Type type) => All.Single(schema => schema.Type == type).Name;

    /// <summary>Takes a name apart; false if it does not name a schema of copymc.</summary>
    internal static bool TryParse(string? name, out string kind, out int version)
    {
        string[] parts = name?.Split('/') ?? [];
        kind = parts.Length == 3 ? parts[1] : "";
        version = 0;
        return parts.Length == 3 && parts[0] == Product && int.TryParse(parts[2], out version) && version > 0;
    }
}
