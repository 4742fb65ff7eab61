using System.Text.Json;
using System.Text.Json.Serialization;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>A kernel by its name, as in <c>6.18</c>.</summary>
internal sealed class KernelName : JsonConverter<KernelVersion>
{
    /// <summary>The kernels that can be modelled, for a sentence.</summary>
    internal static string Known => string.Join(", ", KernelVersion.All.Select(kernel => kernel.Name));

    public override KernelVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && KernelVersion.TryParse(reader.GetString(), out KernelVersion? kernel) ? kernel : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, KernelVersion value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
