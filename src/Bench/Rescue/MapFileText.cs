using System.Globalization;
using System.Text;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// The text of a map file, as GNU ddrescue and ddrescuelog read and write it (its manual, "Mapfile structure"). Comments that they skip
/// say which source and destination it is about, and which content the source had.
/// </summary>
internal static class MapFileText
{
    private const string SourceComment = "# Source: ", DestinationComment = "# Destination: ";
    private const string IdentityComment = "# Source identity: ", ModifiedComment = "# Source modified: ";

    internal static string Format(MapFileContent content)
    {
        var text = new StringBuilder();
        string version = typeof(MapFileText).Assembly.GetName().Version!.ToString(3);
        text.Append(CultureInfo.InvariantCulture, $"# Mapfile. Created by copymc {version}\n");
        if (content.Source is not null)
            text.Append(SourceComment).Append(Escape(content.Source)).Append('\n');
        if (content.Destination is not null)
            text.Append(DestinationComment).Append(Escape(content.Destination)).Append('\n');
        if (content.SourceIdentity is not null)
            text.Append(IdentityComment).Append(content.SourceIdentity).Append('\n');
        if (content.SourceModified is { } modified)
            text.Append(CultureInfo.InvariantCulture, $"{ModifiedComment}{modified.Seconds}.{modified.Nanoseconds:D9}\n");
        text.Append("# current_pos  current_status  current_pass\n");
        text.Append(CultureInfo.InvariantCulture, $"0x{content.Position:X8}     {content.Status}               1\n");
        text.Append("#      pos        size  status\n");
        foreach (RescueBlock block in content.Map.Blocks)
            text.Append(CultureInfo.InvariantCulture, $"0x{block.Offset:X8}  0x{block.Length:X8}  {(char)block.Status}\n");
        return text.ToString();
    }

    /// <exception cref="FormatException">The text is no map; the message starts with the line.</exception>
    internal static MapFileContent Parse(string text)
    {
        string? source = null, destination = null, identity = null;
        (long Seconds, uint Nanoseconds)? modified = null;
        (long Position, char Status)? state = null;
        var blocks = new List<RescueBlock>();
        int number = 0;
        // Not EnumerateLines: a path may hold any other character that ends a line.
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith(SourceComment, StringComparison.Ordinal))
                source = Unescape(line.AsSpan(SourceComment.Length));
            else if (line.StartsWith(DestinationComment, StringComparison.Ordinal))
                destination = Unescape(line.AsSpan(DestinationComment.Length));
            else if (line.StartsWith(IdentityComment, StringComparison.Ordinal))
                identity = line[IdentityComment.Length..];
            else if (line.StartsWith(ModifiedComment, StringComparison.Ordinal))
                modified = ParseTime(line[ModifiedComment.Length..]);
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
        return new MapFileContent(map, source, destination, identity, modified, state.Value.Position, state.Value.Status);
    }

    /// <summary>Seconds since 1970, as <c>stat --format %.9Y</c> has them; null for what is no time: it is a comment.</summary>
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

    private static string Escape(string path) => path.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Unescape(ReadOnlySpan<char> text)
    {
        var path = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool escaped = text[i] == '\\' && i + 1 < text.Length;
            path.Append(!escaped ? text[i] : text[++i] == 'n' ? '\n' : text[i]);
        }
        return path.ToString();
    }
}
