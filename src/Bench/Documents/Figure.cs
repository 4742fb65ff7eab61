using System.Runtime.CompilerServices;
using System.Text.Json;

namespace CopyMc.Bench.Documents;

/// <summary>A number of a result as people read it, with the place where the JSON of the result has it.</summary>
/// <remarks>A ref struct, so that it does not compile where it would become plain text and lose its place.</remarks>
/// <param name="path">Where the JSON has it: <c>points[0].copyBytes</c>.</param>
/// <param name="value">The number there; null shows nothing.</param>
/// <param name="format">How it is shown.</param>
internal readonly ref struct Figure(string path, double? value, Func<double, string> format)
{
    internal string Path { get; } = path;

    internal double? Value { get; } = value;

    internal string Shown { get; } = value is { } number ? format(number) : "";

    /// <summary>A figure whose path follows from the members that lead to it.</summary>
    /// <param name="value">The number.</param>
    /// <param name="format">How it is shown.</param>
    /// <param name="member">Written by the compiler.</param>
    internal static Figure Of(double? value, Func<double, string> format, [CallerArgumentExpression(nameof(value))] string member = "") =>
        new(PathOf(member), value, format);

    /// <summary>The path of an expression: <c>wait.p50</c> of <c>row => row.Wait?.P50</c>. A leading variable is not part of it.</summary>
    /// <exception cref="ArgumentException">There are no members in it.</exception>
    internal static string PathOf(string expression)
    {
        int arrow = expression.IndexOf("=>", StringComparison.Ordinal);
        IEnumerable<string> members = expression[(arrow < 0 ? 0 : arrow + 2)..].Split('.', '?', '!').Select(member => member.Trim())
            .Where((member, i) => member is not ("" or "Value") && (i > 0 || char.IsUpper(member[0])));
        string path = string.Join('.', members.Select(JsonNamingPolicy.CamelCase.ConvertName));
        return path.Length > 0 ? path : throw new ArgumentException($"'{expression}' does not name a member of a result.", nameof(expression));
    }
}
