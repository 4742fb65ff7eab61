using System.Text.Json;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Finds where in a JSON text a path leads.</summary>
internal static class JsonPlaces
{
    private static readonly JsonReaderOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The line, counted from 1, of the value at a path as in <c>$.acts[3].page</c>, or of the nearest value around it.</summary>
    internal static int LineOf(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json, s_options);
        var open = new Stack<(string Path, int Index)>();
        string at = "$";
        long found = 0;
        while (Reads(ref reader))
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                at = Next(open.Pop().Path, open);
                continue;
            }
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                at = $"{open.Peek().Path}.{reader.GetString()}";
                continue;
            }
            if (IsAround(at, path))
                found = reader.TokenStartIndex;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                open.Push((at, 0));
                at = reader.TokenType == JsonTokenType.StartArray ? $"{at}[0]" : at;
            }
            else
            {
                at = Next(at, open);
            }
        }
        return 1 + json[..(int)found].Count((byte)'\n');
    }

    /// <summary>What comes after the place may be no JSON, or nested too deep.</summary>
    private static bool Reads(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>After a value in an array comes the next one.</summary>
    private static string Next(string at, Stack<(string Path, int Index)> open)
    {
        if (!at.EndsWith(']') || open.Count == 0)
            return at;
        (string path, int index) = open.Pop();
        open.Push((path, index + 1));
        return $"{path}[{index + 1}]";
    }

    private static bool IsAround(string at, string path) =>
        path == at || (path.StartsWith(at, StringComparison.Ordinal) && path[at.Length] is '.' or '[');
}
