using System.Text.Json;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The word of an enumeration's value, in scenarios, options and reports.</summary>
internal static class Word
{
    internal static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
