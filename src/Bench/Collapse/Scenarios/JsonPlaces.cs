using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>Finds the line of a JSON text that a path leads to.</summary>
internal static partial class JsonPlaces
{
    private static readonly JsonReaderOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// The line, counted from 1, of the value at a path as in <c>$.actions[3].page</c>, or of the nearest value around it. A name may be
    /// written as in <c>$['a.b']</c>. What comes after the value need not be JSON.
    /// </summary>
    internal static int LineOf(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json, s_options);
        reader.Read();
        long found = reader.TokenStartIndex;
        foreach (Match step in Steps().Matches(path))
        {
            if (!TryEnter(ref reader, step.Groups[1].Value))
                break;
            found = reader.TokenStartIndex;
        }
        return 1 + json[..(int)found].Count((byte)'\n');
    }

    /// <summary>Moves to the value with a name in an object, or at an index in an array.</summary>
    private static bool TryEnter(ref Utf8JsonReader reader, string step)
    {
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        for (int index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
        {
            bool isHere = isObject ? reader.ValueTextEquals(step) : step == index.ToString(CultureInfo.InvariantCulture);
            if (isObject)
                reader.Read();
            if (isHere)
                return true;
            reader.Skip();
        }
        return false;
    }

    [GeneratedRegex(@"\['(?<1>.*)'\]|\[(?<1>\d+)\]|\.(?<1>[^.[]+)")]
    private static partial Regex Steps();
}
