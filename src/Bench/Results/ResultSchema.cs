using System.Text.Json.Serialization.Metadata;
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

/// <summary>One kind of result: the name that its JSON carries, and the newest version of it that is known here.</summary>
/// <remarks>A version stays while members are only added. Renamed, removed or redefined members make the next one. docs/json.md says so to users.</remarks>
/// <param name="Kind">For example <c>bench-quick</c>, out of <c>copymc/bench-quick/1</c>.</param>
/// <param name="Version">Counts from 1.</param>
/// <param name="Type">What it is read into.</param>
internal sealed record ResultSchema(string Kind, int Version, JsonTypeInfo Type)
{
    internal const string Product = "copymc";

    internal static IReadOnlyList<ResultSchema> All { get; } =
    [
        Of(ProbeReport.CurrentSchema, ReportJson.Default.ProbeReport),
        Of(MainJobReport.CurrentSchema, ReportJson.Default.MainJobReport),
        Of(QuickReport.CurrentSchema, ReportJson.Default.QuickReport),
        Of(RecoveryCostReport.CurrentSchema, ReportJson.Default.RecoveryCostReport),
        Of(LimitsReport.CurrentSchema, ReportJson.Default.LimitsReport),
        Of(CollapseCostReport.CurrentSchema, ReportJson.Default.CollapseCostReport),
        Of(CollapseReport.CurrentSchema, ReportJson.Default.CollapseReport),
        Of(SalvageReport.CurrentSchema, ReportJson.Default.SalvageReport),
        Of(GcCostReport.CurrentSchema, ReportJson.Default.GcCostReport),
        Of(WatchReport.CurrentSchema, ReportJson.Default.WatchReport),
    ];

    internal string Name => $"{Product}/{Kind}/{Version}";

    /// <summary>Takes a name apart; false if it is none of ours.</summary>
    internal static bool TryParse(string? name, out string kind, out int version)
    {
        string[] parts = name?.Split('/') ?? [];
        kind = parts.Length == 3 ? parts[1] : "";
        version = 0;
        return parts.Length == 3 && parts[0] == Product && int.TryParse(parts[2], out version) && version > 0;
    }

    private static ResultSchema Of<T>(string name, JsonTypeInfo<T> type) where T : IResult =>
        TryParse(name, out string kind, out int version) ? new(kind, version, type) : throw new ArgumentException(name, nameof(name));
}
