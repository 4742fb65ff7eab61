using System.Text.Json;
using System.Text.Json.Serialization;
using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>A trace as JSON, one event a line. Fields have the names that the kernel prints in <c>trace_pipe</c>.</summary>
internal static class TraceLines
{
    private static readonly JsonSerializerOptions s_options =
        new() { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Each scenario begins with an event that names it.</summary>
    internal static void Write(Stream stream, ScenarioReport scenario, CollapseTrace trace)
    {
        (string, object?)[] names = [("name", scenario.Name), ("by", scenario.By), ("memory", scenario.Memory)];
        Write(stream, "scenario", names.Where(name => name.Item2 is not null)!);
        foreach (CollapseTraceEvent happened in trace.Events)
            Write(stream, happened.Name, happened.Fields);
    }

    private static void Write(Stream stream, string name, IEnumerable<(string Name, object Value)> fields)
    {
        var line = new OrderedDictionary<string, object> { ["event"] = name };
        foreach ((string field, object value) in fields)
            line.Add(field, value);
        JsonSerializer.Serialize(stream, line, s_options);
        stream.WriteByte((byte)'\n');
    }
}
