namespace CopyMc.Bench.Measuring;

/// <summary>A named copy method that takes part in an interleaved run.</summary>
internal abstract class Contender(string name)
{
    internal string Name { get; } = name;

    /// <summary>Makes <paramref name="count"/> copies along a pattern; returns 0 if every one of them was complete.</summary>
    internal abstract nuint CopyMany(in AccessPattern pattern, ulong first, ulong count);

    /// <summary>Makes one copy, of the pattern's slot 0, and returns the bytes not copied.</summary>
    internal nuint CopyOnce(in AccessPattern pattern) => CopyMany(pattern, first: 0, count: 1);
}
