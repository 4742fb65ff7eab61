using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// The content of a map file, in the format of GNU ddrescue and ddrescuelog (its manual, "Mapfile structure"). Comments, which they skip, say
/// which source and destination it belongs to.
/// </summary>
/// <param name="Map">The status of every byte.</param>
/// <param name="Source">The source's path; null where the file does not say, as one of ddrescue's.</param>
/// <param name="Destination">The destination's path; null where the file does not say.</param>
/// <param name="SourceIdentity">Distinguishes the source from another with the same name; null where the file does not say.</param>
/// <param name="SourceModified">When the source had last changed as the rescue began; null where the file does not say.</param>
/// <param name="Position">Where the rescue is.</param>
/// <param name="Status">What it does there: '?' copying, '-' trying again, '+' finished.</param>
internal sealed partial record MapFileContent(
    RescueMap Map,
    string? Source,
    string? Destination,
    string? SourceIdentity,
    (long Seconds, uint Nanoseconds)? SourceModified,
    long Position,
    char Status)
{
    private const string SourceComment = "# Source", DestinationComment = "# Destination";
    private const string IdentityComment = "# Source identity", ModifiedComment = "# Source modified";

    /// <exception cref="FormatException">The text is not a map; the message starts with the line.</exception>
    internal static MapFileContent Parse(string text)
    {
        var comments = new Dictionary<string, string>();
        (long Position, char Status)? state = null;
        var blocks = new List<RescueBlock>();
        int number = 0;
        // Not EnumerateLines: a path may hold any other character that ends a line.
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.Split(": ", 2) is [string name, string value])
                comments[name] = value;
            string[] fields = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
                continue;
            if (state is null)
                state = ParseState(fields, number);
            else
                blocks.Add(ParseBlock(fields, blocks.Count == 0 ? 0 : blocks[^1].End, number));
        }
        if (state is null)
            throw new FormatException($"line {number}: it ends before the first block");

        // An empty source has no block.
        var map = new RescueMap(blocks.Count == 0 ? 0 : blocks[^1].End);
        foreach (RescueBlock block in blocks)
            map.Set(block.Offset, block.Length, block.Status);
        return new MapFileContent(
            map, Unescape(comments.GetValueOrDefault(SourceComment)), Unescape(comments.GetValueOrDefault(DestinationComment)),
            comments.GetValueOrDefault(IdentityComment), ParseTime(comments.GetValueOrDefault(ModifiedComment, "")),
            state.Value.Position, state.Value.Status);
    }

    internal string Format()
    {
        var text = new StringBuilder();
        string version = typeof(MapFileContent).Assembly.GetName().Version!.ToString(3);
        text.Append(CultureInfo.InvariantCulture, $"# Mapfile. Created by copymc {version}\n");
        Comment(SourceComment, Escape(Source));
        Comment(DestinationComment, Escape(Destination));
        Comment(IdentityComment, SourceIdentity);
        if (SourceModified is { } modified)
            Comment(ModifiedComment, string.Create(CultureInfo.InvariantCulture, $"{modified.Seconds}.{modified.Nanoseconds:D9}"));
        text.Append("# current_pos  current_status  current_pass\n");
        text.Append(CultureInfo.InvariantCulture, $"0x{Position:X8}     {Status}               1\n");
        text.Append("#      pos        size  status\n");
        foreach (RescueBlock block in Map.Blocks)
            text.Append(CultureInfo.InvariantCulture, $"0x{block.Offset:X8}  0x{block.Length:X8}  {(char)block.Status}\n");
        return text.ToString();

        void Comment(string name, string? value)
        {
            if (value is not null)
                text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        }
    }

    /// <summary>Seconds since 1970, as <c>stat --format %.9Y</c> prints them; null for a comment that is not a time.</summary>
    private static (long Seconds, uint Nanoseconds)? ParseTime(string text) =>
        text.Split('.') is [string seconds, { Length: 9 } fraction]
        && long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
        && uint.TryParse(fraction, NumberStyles.None, CultureInfo.InvariantCulture, out uint nanoseconds)
            ? (whole, nanoseconds) : null;

    private static (long Position, char Status) ParseState(string[] fields, int line)
    {
        // The number of the pass came with ddrescue 1.20.
        if (fields.Length is not (2 or 3) || fields[1].Length != 1 || !"?*/-FG+".Contains(fields[1][0], StringComparison.Ordinal))
            throw new FormatException($"line {line}: not a position, a status and a pass");
        return (ParseNumber(fields[0], line), fields[1][0]);
    }

    private static RescueBlock ParseBlock(string[] fields, long expectedOffset, int line)
    {
        if (fields.Length != 3 || fields[2].Length != 1 || !Enum.IsDefined((BlockStatus)fields[2][0]))
            throw new FormatException($"line {line}: not a position, a size and a status");
        long offset = ParseNumber(fields[0], line), length = ParseNumber(fields[1], line);
        if (offset != expectedOffset)
            throw new FormatException($"line {line}: the block starts at {offset}, and the one before ends at {expectedOffset}");
        if (length == 0 || length > long.MaxValue - offset)
            throw new FormatException($"line {line}: no block has {length} bytes there");
        return new RescueBlock(offset, length, (BlockStatus)fields[2][0]);
    }

    /// <summary>Decimal, hexadecimal or octal, as in C.</summary>
    private static long ParseNumber(string field, int line)
    {
        try
        {
            long value = field.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Convert.ToInt64(field[2..], 16)
                : field.Length > 1 && field[0] == '0' ? Convert.ToInt64(field, 8)
                : long.Parse(field, NumberStyles.None, CultureInfo.InvariantCulture);
            return value >= 0 ? value : throw new OverflowException();
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            throw new FormatException($"line {line}: '{field}' is not a number", error);
        }
    }

    private static string? Escape(string? path) =>
        path?.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string? Unescape(string? text) =>
        text is null ? null : EscapedCharacter().Replace(text, match => match.Value == @"\n" ? "\n" : match.Value[1..]);

    [GeneratedRegex(@"\\.")]
    private static partial Regex EscapedCharacter();
}
