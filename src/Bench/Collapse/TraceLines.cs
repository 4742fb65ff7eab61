using System.Text.Json;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>A trace as JSON, an event a line. Fields are called as the kernel prints them in <c>trace_pipe</c>.</summary>
internal static class TraceLines
{
    private static readonly byte[] s_newLine = "\n"u8.ToArray();

    /// <summary>Each scenario begins with an event that names it.</summary>
    internal static void Write(Stream stream, ScenarioReport scenario, CollapseTrace trace)
    {
        Write(stream, "scenario",
        [
            ("name", scenario.Name), .. scenario.By is { } by ? [("by", by)] : Array.Empty<(string, object)>(),
            .. scenario.Memory is { } memory ? [("memory", memory)] : Array.Empty<(string, object)>(),
        ]);
        foreach (CollapseTraceEvent happened in trace.Events)
            Write(stream, happened.Name, happened.Fields);
    }

    private static void Write(Stream stream, string name, IEnumerable<(string Name, object Value)> fields)
    {
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("event", name);
            foreach ((string field, object value) in fields)
                Write(writer, field, value);
            writer.WriteEndObject();
        }
        stream.Write(s_newLine);
    }

    private static void Write(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteString(name, text);
                break;
            case Enum word:
                writer.WriteString(name, JsonNamingPolicy.CamelCase.ConvertName(word.ToString()));
                break;
            case ulong number:
                writer.WriteNumber(name, number);
                break;
            default:
                writer.WriteNumber(name, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }
}
