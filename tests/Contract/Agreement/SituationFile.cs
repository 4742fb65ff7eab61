using System.Collections.Immutable;

namespace CopyMc.Contract.Agreement;

/// <summary>A file of situations: Situations/*.situations.</summary>
/// <param name="Name">Its name.</param>
public sealed record SituationFile(string Name)
{
    /// <summary>All files; in a guest, only those about MADV_COLLAPSE itself, because tests/vm/run agreement compares the others.</summary>
    public static IEnumerable<SituationFile> All =>
        typeof(SituationFile).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
            .Where(name => !name.EndsWith(".vectors", StringComparison.Ordinal))
            .Where(name => !Sweep.IsSparse || name.StartsWith("collapse-", StringComparison.Ordinal))
            .Select(name => new SituationFile(name));

    /// <summary>Its situations.</summary>
    public ImmutableArray<Situation> Situations => [.. Situation.Parse(Lines())];

    /// <summary>The name, for the display of tests.</summary>
    public override string ToString() => Name;

    private IEnumerable<string> Lines()
    {
        using var reader = new StreamReader(typeof(SituationFile).Assembly.GetManifestResourceStream(Name)!);
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
