using System.Text.Json;
using System.Text.Json.Serialization;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A result under the kernel's name, as in <c>COPY_MC</c>.</summary>
internal sealed class ResultName : JsonConverter<CollapseResult>
{
    public override CollapseResult Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (CollapseResult result in Enum.GetValues<CollapseResult>())
        {
            if (result.ToName() == name)
                return result;
        }
        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, CollapseResult value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToName());
}
