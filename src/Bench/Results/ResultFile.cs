using System.Text.Json;

namespace CopyMc.Bench.Results;

/// <summary>Reads results that <c>--json</c> wrote.</summary>
internal static class ResultFile
{
    /// <returns>One of the records that <see cref="ResultSchema.All"/> lists.</returns>
    /// <exception cref="InvalidInputException">It is no result, or one of a newer schema.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static Result Read(string path)
    {
        byte[] content = WholeFile.ReadUtf8(path);
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            ResultSchema schema = SchemaOf(path, document.RootElement);
            return JsonSerializer.Deserialize(content, schema.Type, ReportJson.Options) as Result ?? throw new InvalidInputException($"'{path}' holds nothing.");
        }
        catch (JsonException error)
        {
            string place = error.LineNumber is { } line ? $", line {line + 1}, byte {error.BytePositionInLine + 1}" : "";
            string at = error.Path is { Length: > 1 } member ? $" at {member}" : "";
            throw new InvalidInputException($"'{path}'{place}: not a result that copymc wrote{at}: {FirstSentence(error.Message)}");
        }
    }

    private static ResultSchema SchemaOf(string path, JsonElement root)
    {
        string? name = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("schema", out JsonElement schema)
            && schema.ValueKind == JsonValueKind.String ? schema.GetString() : null;
        if (!ResultSchema.TryParse(name, out string kind, out int version))
            throw new InvalidInputException($"'{path}' is not a result that copymc wrote: it has no \"schema\" of the form copymc/KIND/VERSION.");
        ResultSchema known = ResultSchema.All.FirstOrDefault(one => one.Kind == kind)
            ?? throw new InvalidInputException(
                $"'{path}' has the schema {name}, and this copymc reads {string.Join(", ", ResultSchema.All.Select(one => one.Name))}.");
        if (version > known.Version)
            throw new InvalidInputException($"'{path}' was written by a newer copymc: its schema is {name}, and this one reads up to {known.Name}.");
        return known;
    }

    /// <summary>The rest of the message repeats the place.</summary>
    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..(end + 1)];
    }
}
