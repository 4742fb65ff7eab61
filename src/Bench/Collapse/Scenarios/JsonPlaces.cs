using System.Text.Json;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Finds where in a JSON text a path leads.</summary>
internal static class JsonPlaces
{
    private const int Object = -1;

    private static readonly JsonReaderOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// The line, counted from 1, of the value at a path as in <c>$.actions[3].page</c>, or of the nearest value around it. A name may be
    /// written as in <c>$['a.b']</c>.
    /// </summary>
    internal static int LineOf(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json, s_options);
        // What is open, and where in it the next value is: a name, or in an array an index.
        var open = new Stack<(string Path, int Index)>();
        string at = "$";
        long found = 0;
        while (Reads(ref reader))
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    at = Member(open.Peek().Path, NameOf(ref reader), path);
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                default:
                    if (IsAround(at, path))
                        found = reader.TokenStartIndex;
                    if (reader.TokenType == JsonTokenType.StartObject)
                    {
                        open.Push((at, Object));
                        continue;
                    }
                    if (reader.TokenType == JsonTokenType.StartArray)
                    {
                        open.Push((at, 0));
                        at = $"{at}[0]";
                        continue;
                    }
                    break;
            }
            // After a value in an array comes the next one.
            if (open.TryPeek(out (string Path, int Index) around) && around.Index != Object)
            {
                open.Pop();
                open.Push((around.Path, around.Index + 1));
                at = $"{around.Path}[{around.Index + 1}]";
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

    /// <summary>Half of a surrogate pair is no text, and in no path.</summary>
    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>As the path that is looked for writes the name.</summary>
    private static string Member(string owner, string name, string path)
    {
        string quoted = $"{owner}['{name}']";
        return IsAround(quoted, path) ? quoted : $"{owner}.{name}";
    }

    private static bool IsAround(string at, string path) =>
        path.StartsWith(at, StringComparison.Ordinal) && (path.Length == at.Length || path[at.Length] is '.' or '[');
}
