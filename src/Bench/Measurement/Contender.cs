namespace CopyMc.Bench.Measurement;

/// <summary>A copy method with a name, as it takes part in an interleaved run.</summary>
internal abstract class Contender(string name)
{
    internal string Name { get; } = name;

    /// <summary>Makes <paramref name="count"/> copies along a walk; returns 0 if every one of them was complete.</summary>
    internal abstract nuint CopyMany(in Walk walk, ulong first, ulong count);

    /// <summary>Makes one copy, of the walk's slot 0, and returns the bytes not copied.</summary>
    internal nuint CopyOnce(in Walk walk) => CopyMany(walk, first: 0, count: 1);
}
