using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>A list of system calls and memory accesses, and the answers of kernels to each; docs/collapse-kernel.md describes the format.</summary>
/// <param name="Name">Its unique name.</param>
/// <param name="Reason">The reason for unexpected answers; otherwise empty.</param>
/// <param name="Operations">The operations, in order.</param>
public sealed record Situation(string Name, string Reason, ImmutableArray<SituationOperation> Operations)
{
    /// <summary>The release of the kernel whose answers are on the lines of the operations.</summary>
    public const string RecordedOn = "6.18";

    /// <summary>The releases of the kernels whose answers are recorded.</summary>
    public static ImmutableArray<string> Kernels { get; } = ["6.1", "6.12", RecordedOn, "7.0", "7.3"];

    /// <summary>Reads situations; the answers may be missing.</summary>
    public static IReadOnlyList<Situation> Parse(IEnumerable<string> lines)
    {
        var situations = new List<Situation>();
        foreach (string line in lines)
        {
            if (line.StartsWith('['))
                situations.Add(new Situation(line[1..^1], "", []));
            else if (line.StartsWith('#'))
                situations[^1] = situations[^1] with { Reason = situations[^1].Reason + line + "\n" };
            else if (line.Length > 0)
                situations[^1] = situations[^1].With(line);
        }
        return situations;
    }

    /// <summary>Returns the situation with the answers of a kernel, one for each operation.</summary>
    public Situation WithAnswers(string release, IReadOnlyList<string> answers) =>
        this with { Operations = [.. Operations.Zip(answers, (operation, answer) => operation.WithAnswer(release, answer))] };

    /// <summary>What the kernel or machine with these answers lacks for the situation; null if nothing.</summary>
    public string? MissingIn(IReadOnlyList<string> answers)
    {
        string? missing = answers.Take(Operations.Length).FirstOrDefault(answer => answer.StartsWith("unsupported", StringComparison.Ordinal)
            || answer.StartsWith("situation killed", StringComparison.Ordinal) || answer == "process died");
        return missing is not null || answers.Count < Operations.Length ? $"[{Name}]: {missing ?? $"{answers.Count} answers"}" : null;
    }

    /// <summary>The first operation whose answer differs from the recorded one; null if there is none.</summary>
    public string? DifferenceFrom(IReadOnlyList<string> answers, string release)
    {
        int i = Operations.Zip(answers).ToList().FindIndex(pair => !SituationOperation.IsSame(pair.First.AnswerOf(release), pair.Second));
        return i < 0 ? null : $"[{Name}] {Operations[i].Text} = {answers[i]}; recorded: {Operations[i].AnswerOf(release)}";
    }

    /// <summary>The text in a file.</summary>
    public string ToText() => $"[{Name}]\n{Reason}{string.Concat(Operations.Select(operation => operation.ToText()))}";

    /// <summary>The input of the probe.</summary>
    public string ToRequest() => $"[{Name}]\n{string.Concat(Operations.Select(operation => $"{operation.Text}\n"))}";

    /// <summary>The name, for the display of tests.</summary>
    public override string ToString() => Name;

    // An indented line belongs to the operation before it.
    private Situation With(string line) => this with
    {
        Operations = char.IsWhiteSpace(line[0])
            ? Operations.SetItem(Operations.Length - 1, Operations[^1].With(line))
            : Operations.Add(SituationOperation.Parse(line)),
    };
}
