using System.Text.Json;
using System.Text.Json.Serialization;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Scenarios as JSON: names in camel case, nothing that is not known, nothing twice.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true, RespectNullableAnnotations = true,
    Converters =
    [
        typeof(CamelCase<MemoryKind>), typeof(CamelCase<RegionAdvice>), typeof(CamelCase<RegionProtection>), typeof(CamelCase<UserfaultfdRegistration>),
        typeof(CamelCase<PoisonKind>), typeof(CamelCase<CollapseMeans>), typeof(CamelCase<PageState>), typeof(CamelCase<ActionKind>),
        typeof(CamelCase<ThpMode>), typeof(CamelCase<CollapseStep>), typeof(CamelCase<FailurePoint>), typeof(ResultName), typeof(KernelName),
    ])]
[JsonSerializable(typeof(CollapseScenario))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
