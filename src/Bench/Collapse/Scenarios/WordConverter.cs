using System.Text.Json;
using System.Text.Json.Serialization;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Values as words, spelled as they are written here: never as numbers, never several at once.</summary>
/// <param name="values">The values that a scenario may have.</param>
/// <param name="wordOf">The word of each.</param>
internal sealed class WordConverter<T>(IEnumerable<T> values, Func<T, string> wordOf) : JsonConverter<T>
    where T : notnull
{
    private readonly Dictionary<string, T> _values = values.ToDictionary(wordOf);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && _values.TryGetValue(reader.GetString()!, out T? value)
            ? value
            : throw new JsonException($"it is one of {string.Join(", ", _values.Keys)}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(wordOf(value));
}
