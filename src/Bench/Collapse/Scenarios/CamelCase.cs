using System.Text.Json;
using System.Text.Json.Serialization;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>An enumeration as words in camel case, never as numbers.</summary>
internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
