using System.Text;

namespace CopyMc.Bench.Terminal;

/// <summary>Makes text from outside safe for a terminal: one line without control characters.</summary>
internal static class PlainText
{
    /// <summary>An error's message, without the name and value of a parameter.</summary>
    internal static string Of(Exception error) => Of((error is ArgumentException ? error.Message.Split(" (Parameter")[0] : error.Message).ReplaceLineEndings(" "));

    /// <summary>Escapes control characters as JSON does.</summary>
    internal static string Of(string text)
    {
        if (!text.Any(IsControl))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (char character in text)
            _ = IsControl(character) ? plain.Append($"\\u{(int)character:x4}") : plain.Append(character);
        return plain.ToString();
    }

    /// <summary>Control characters, and those that change the direction of the text.</summary>
    private static bool IsControl(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
