using System.Text.Json.Serialization;
using CopyMc.Bench.Collapse;
using CopyMc.Bench.CollapseCost;
using CopyMc.Bench.GcCost;
using CopyMc.Bench.RecoveryCost;
using CopyMc.Bench.SalvageCost;
using CopyMc.Bench.Watching;

namespace CopyMc.Bench.Output;

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
