using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CopyMc.Bench.Measurement;

namespace CopyMc.Bench.Output;

/// <summary>The reports as JSON, with the names of their properties in camel case and enumerations as words.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(MainJobReport))]
[JsonSerializable(typeof(ThroughputReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Writes a report under a temporary name and moves it: no half-written file ever has the final name.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    internal static void Write<T>(string path, T report, JsonTypeInfo<T> type)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (FileStream file = File.Create(temporary))
                JsonSerializer.Serialize(file, report, type);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
