using System.Text.Json.Serialization;
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

/// <summary>The reports as JSON, with the names of their properties in camel case and enumerations as words.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ProbeReport))]
[JsonSerializable(typeof(MainJobReport))]
[JsonSerializable(typeof(QuickReport))]
[JsonSerializable(typeof(RecoveryCostReport))]
[JsonSerializable(typeof(LimitsReport))]
[JsonSerializable(typeof(CollapseCostReport))]
[JsonSerializable(typeof(CollapseReport))]
[JsonSerializable(typeof(SalvageReport))]
[JsonSerializable(typeof(GcCostReport))]
[JsonSerializable(typeof(WatchReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
