using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>A list of system calls and memory accesses, and what kernels answer to each: docs/collapse-kernel.md describes the format.</summary>
/// <param name="Name">Its name, of which there is only one.</param>
/// <param name="Operations">The operations, in order.</param>
public sealed record Situation(string Name, ImmutableArray<SituationOperation> Operations)
{
    /// <summary>The release of the kernel whose answers stand beside the operations.</summary>
    public const string RecordedOn = "6.18";

    /// <summary>The releases of the kernels whose answers are recorded.</summary>
    public static ImmutableArray<string> Kernels { get; } = ["6.1", "6.12", RecordedOn, "7.0", "7.3"];

    /// <summary>The files that they are recorded in, Situations/*.situations, by name.</summary>
    public static ImmutableArray<string> Files { get; } = [.. typeof(Situation).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)];

    /// <summary>All that are recorded.</summary>
    public static ImmutableArray<Situation> All { get; } = [.. Files.SelectMany(In)];

    /// <summary>Those of one file.</summary>
    public static IReadOnlyList<Situation> In(string file) => Parse(LinesOf(file));

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

    /// <summary>With the answers of a kernel, one for each operation.</summary>
    public Situation WithAnswers(string release, IReadOnlyList<string> answers) =>
        this with { Operations = [.. Operations.Zip(answers, (operation, answer) => operation.WithAnswer(release, answer))] };

    /// <summary>As it stands in a file.</summary>
    public string ToText() => $"[{Name}]\n{string.Concat(Operations.Select(operation => operation.ToText()))}";

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

    // An indented line belongs to the operation before it.
    private Situation With(string line) => this with
    {
        Operations = char.IsWhiteSpace(line[0])
            ? Operations.SetItem(Operations.Length - 1, Operations[^1].With(line))
            : Operations.Add(SituationOperation.Parse(line)),
    };
}
