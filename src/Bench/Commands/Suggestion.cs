using System.CommandLine;

namespace CopyMc.Bench.Commands;

/// <summary>Finds the option, command or name that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>Words with more differences are unrelated.</summary>
    private const int MaxDistance = 3;

    internal static string? For(string unknown, Command command) => Nearest(
        unknown,
        command.Options.Where(option => !option.Hidden).Select(option => option.Name).Concat(command.Subcommands.Select(subcommand => subcommand.Name)));

    /// <summary>The name that is closest to a word; null if none is close.</summary>
    internal static string? Nearest(string unknown, IEnumerable<string> names) =>
        names.Select(name => (Name: name, Distance: Distance(unknown, name)))
            .Where(candidate => candidate.Distance <= Math.Min(MaxDistance, candidate.Name.Length / 2))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    /// <summary>The Levenshtein distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
