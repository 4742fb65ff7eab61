using System.Text;

namespace CopyMc.Bench.Terminal;

/// <summary>Text of others as a terminal may have it: one line, and nothing that the terminal would obey.</summary>
internal static class PlainText
{
    /// <summary>What went wrong, without the parameter's name and value, which mean something to programmers only.</summary>
    internal static string Of(Exception error) => Of((error is ArgumentException ? error.Message.Split(" (Parameter")[0] : error.Message).ReplaceLineEndings(" "));

    /// <summary>Control characters as JSON writes them.</summary>
    internal static string Of(string text)
    {
        if (!text.Any(IsObeyed))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (char character in text)
            _ = IsObeyed(character) ? plain.Append($"\\u{(int)character:x4}") : plain.Append(character);
        return plain.ToString();
    }

    /// <summary>Control characters, and those that turn the direction of what follows.</summary>
    private static bool IsObeyed(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
