using System.Collections.Immutable;
using System.Globalization;

namespace CopyMc.Contract.Maps;

/// <summary>One line of poison-maps.vectors, which describes the language.</summary>
/// <param name="Line">Its number in the file.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Operands">What it works on.</param>
/// <param name="Expected">The number after =.</param>
/// <param name="Error">The error after !.</param>
internal sealed record MapVector(int Line, string Operation, ImmutableArray<string> Operands, nuint? Expected, string? Error)
{
    /// <summary>The cases of the file, by name.</summary>
    internal static ImmutableDictionary<string, ImmutableArray<MapVector>> Cases { get; } = Parse();

    internal nuint Number(int operand) => Parse(Operands[operand]);

    public override string ToString() => $"line {Line}: {Operation} {string.Join(' ', Operands)}";

    private static nuint Parse(string number) => nuint.Parse(number, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static ImmutableDictionary<string, ImmutableArray<MapVector>> Parse()
    {
        var cases = new Dictionary<string, ImmutableArray<MapVector>.Builder>();
        ImmutableArray<MapVector>.Builder? current = null;
        using var reader = new StreamReader(typeof(MapVector).Assembly.GetManifestResourceStream("poison-maps.vectors")!);
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.StartsWith('['))
                cases[line.Trim('[', ']')] = current = ImmutableArray.CreateBuilder<MapVector>();
            else if (line.Length != 0 && line[0] != '#')
                current!.Add(Parse(number, line));
        }
        return cases.ToImmutableDictionary(one => one.Key, one => one.Value.ToImmutable());
    }

    private static MapVector Parse(int number, string line)
    {
        string[] parts = line.Split(" ! "), sides = parts[0].Split(" = ");
        string[] words = sides[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new MapVector(number, words[0], [.. words[1..]], sides.Length > 1 ? Parse(sides[1].Trim()) : null, parts.Length > 1 ? parts[1].Trim() : null);
    }
}
