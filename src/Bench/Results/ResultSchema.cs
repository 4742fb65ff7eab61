namespace CopyMc.Bench.Results;

/// <summary>A kind of result: the name that its JSON carries, and the newest version that this copymc knows.</summary>
/// <remarks>Added members keep the version. Renamed, removed or redefined members make the next one (docs/json.md).</remarks>
/// <param name="kind">For example <c>bench-quick</c>, of <c>copymc/bench-quick/1</c>.</param>
/// <param name="version">Counts from 1.</param>
/// <param name="type">The record of the result.</param>
internal class ResultSchema(string kind, int version, Type type)
{
    internal const string Product = "copymc";

    /// <summary>A new measurement, or another kind of result, is one line here.</summary>
    internal static IReadOnlyList<ResultSchema> All { get; } =
    [
        new ResultSchema("probe", 1, typeof(Probe.ProbeReport)),
        new ResultSchema("main-job", 1, typeof(MainJob.MainJobReport)),
        new ResultSchema("collapse", 1, typeof(Collapse.CollapseReport)),
        new ResultSchema("watch", 1, typeof(Watch.WatchReport)),
        new Throughput.Quick.QuickMeasurement(),
        new Limits.LimitsMeasurement(),
        new Recovery.RecoveryMeasurement(),
        new Salvage.SalvageMeasurement(),
        new CollapseCost.CollapseMeasurement(),
        new Gc.GcMeasurement(),
        new Tune.TuneMeasurement(),
        new Numa.NumaMeasurement(),
    ];

    internal string Kind { get; } = kind;

    internal int Version { get; } = version;

    internal Type Type { get; } = type;

    internal string Name => $"{Product}/{Kind}/{Version}";

    internal static string NameOf(Type type) => All.Single(schema => schema.Type == type).Name;

    /// <summary>Splits a name into kind and version; false if it is not the name of a schema of copymc.</summary>
    internal static bool TryParse(string? name, out string kind, out int version)
    {
        string[] parts = name?.Split('/') ?? [];
        kind = parts.Length == 3 ? parts[1] : "";
        version = 0;
        return parts.Length == 3 && parts[0] == Product && int.TryParse(parts[2], out version) && version > 0;
    }
}
