using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>A list of system calls and memory accesses, and what the kernel answers to each: docs/collapse-kernel.md describes the format.</summary>
/// <param name="Name">Its name, of which there is only one.</param>
/// <param name="Operations">The operations, in order.</param>
public sealed record Situation(string Name, ImmutableArray<SituationOperation> Operations)
{
    /// <summary>The files that they are recorded in, Situations/*.situations, by name.</summary>
    public static ImmutableArray<string> Files { get; } = [.. typeof(Situation).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)];

    /// <summary>All that are recorded.</summary>
    public static ImmutableArray<Situation> All { get; } = [.. Files.SelectMany(In)];

    /// <summary>Those of one file.</summary>
    public static IReadOnlyList<Situation> In(string file) => Parse(LinesOf(file));

    /// <summary>The one of this name.</summary>
    public static Situation Named(string name) => All.Single(situation => situation.Name == name);

    /// <summary>Reads situations; the answers may be missing.</summary>
    public static IReadOnlyList<Situation> Parse(IEnumerable<string> lines)
    {
        var situations = new List<Situation>();
        foreach (string whole in lines)
        {
            string line = whole.Split('#')[0].TrimEnd();
            if (line.StartsWith('['))
                situations.Add(new Situation(line[1..^1], []));
            else if (line.Length > 0)
                situations[^1] = situations[^1].With(line);
        }
        return situations;
    }

    /// <summary>As it stands in a file, with other answers.</summary>
    public string ToText(IReadOnlyList<string> answers) =>
        $"[{Name}]\n{string.Concat(Operations.Zip(answers, (operation, answer) => answer == SituationOperation.Success ? $"{operation.Text}\n" : $"{operation.Text} = {answer}\n"))}";

    /// <summary>What the probe is given.</summary>
    public string ToRequest() => $"[{Name}]\n{string.Concat(Operations.Select(operation => $"{operation.Text}\n"))}";

    /// <summary>The name: what a test's display shows.</summary>
    public override string ToString() => Name;

    private static IEnumerable<string> LinesOf(string resource)
    {
        using var reader = new StreamReader(typeof(Situation).Assembly.GetManifestResourceStream(resource)!);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private Situation With(string line)
    {
        // An indented line is the answer of another kernel to the operation before it.
        if (!char.IsWhiteSpace(line[0]))
            return this with { Operations = Operations.Add(SituationOperation.Parse(line)) };
        string[] parts = line.Trim().Split(": ", 2);
        return this with { Operations = Operations.SetItem(Operations.Length - 1, Operations[^1].With(parts[0], parts[1])) };
    }
}
