using System.Globalization;
using System.Runtime.CompilerServices;

namespace CopyMc.Bench.Documents;

/// <summary>Text with figures in it, written as an interpolated string. The format <c>strong</c> stresses a part.</summary>
/// <param name="literalLength">Written by the compiler.</param>
/// <param name="formattedCount">Written by the compiler.</param>
[InterpolatedStringHandler]
internal sealed class Line(int literalLength, int formattedCount)
{
    private readonly List<Part> _parts = new(literalLength == 0 ? formattedCount : 2 * formattedCount + 1);

    internal IReadOnlyList<Part> Parts => _parts;

    public static implicit operator Line(string text)
    {
        var line = new Line(text.Length, 0);
        line.AppendLiteral(text);
        return line;
    }

    public override string ToString() => string.Concat(_parts.Select(part => part.Text));

    public void AppendLiteral(string text) => _parts.Add(new Part(text));

    public void AppendFormatted(string? text, string format = "") => _parts.Add(new Part(text ?? "") { Strong = format == "strong" });

    public void AppendFormatted(Figure figure) => _parts.Add(new Part(figure.Shown) { Path = figure.Value is null ? null : figure.Path, Value = figure.Value ?? 0 });

    public void AppendFormatted(Line line) => _parts.AddRange(line._parts);

    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable => AppendLiteral(value.ToString(format, CultureInfo.InvariantCulture));

    /// <summary>The same line about a member: the paths of its figures start there.</summary>
    internal Line Under(string path)
    {
        for (int i = 0; path.Length > 0 && i < _parts.Count; i++)
            _parts[i] = _parts[i] with { Path = _parts[i].Path is { } own ? $"{path}.{own}" : null };
        return this;
    }

    /// <summary>A piece of a line; a figure has a path.</summary>
    internal readonly record struct Part(string Text)
    {
        internal bool Strong { get; init; }

        internal string? Path { get; init; }

        internal double Value { get; init; }
    }
}
