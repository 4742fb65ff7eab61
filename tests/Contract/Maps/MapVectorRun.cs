using System.Runtime.InteropServices;

namespace CopyMc.Contract.Maps;

/// <summary>Runs a case of poison-maps.vectors on a registry of maps.</summary>
internal sealed unsafe class MapVectorRun : IDisposable
{
    private const nuint Length = 8 << 20, Alignment = 2 << 20;

    private readonly PoisonRegistry _registry;
    private readonly IReadOnlyList<CopyEngine> _engines;
    private readonly Dictionary<string, PoisonMap> _maps = [];
    private readonly CanaryDestination _destination = new(Length);
    private readonly byte* _base;
    private readonly long _linesBefore = PoisonGate.Instance->PoisonedLines;

    /// <param name="registry">Where the maps are.</param>
    /// <param name="engines">What copies; none if copies do not ask this registry.</param>
    internal MapVectorRun(PoisonRegistry registry, IReadOnlyList<CopyEngine> engines)
    {
        (_registry, _engines) = (registry, engines);
        // Not a NativeRegion, which has a map of its own.
        _base = (byte*)NativeMemory.AlignedAlloc(Length, Alignment);
        Pattern.Fill(new Span<byte>(_base, (int)Length), seed: 21);
    }

    public void Dispose()
    {
        foreach (PoisonMap map in _maps.Values)
            map.Dispose();
        NativeMemory.AlignedFree(_base);
        _destination.Dispose();
    }

    internal void Run(MapVector vector)
    {
        string? error = null;
        nuint? seen = null;
        try
        {
            seen = Do(vector);
        }
        catch (Exception refusal) when (refusal is ArgumentException or ObjectDisposedException)
        {
            error = refusal switch
            {
                ObjectDisposedException => "destroyed",
                ArgumentNullException => "null",
                _ => vector.Operation == "map" ? "wraps" : "outside",
            };
        }
        if (error != vector.Error || (vector.Expected is { } expected && seen != expected))
            Require.Fail($"{vector}: {error ?? $"{seen:x}"}, expected {vector.Error ?? $"{vector.Expected:x}"}.");
    }

    private nuint? Do(MapVector vector)
    {
        switch (vector.Operation)
        {
            case "map":
                _maps[vector.Operands[0]] = new PoisonMap(_registry, Address(vector.Operands[1], vector), vector.Number(2));
                return null;
            case "destroy":
                _maps[vector.Operands[0]].Dispose();
                return null;
            case "mark":
                _maps[vector.Operands[0]].Mark(vector.Number(1), vector.Number(2));
                return null;
            case "clear":
                _maps[vector.Operands[0]].Clear(vector.Number(1), vector.Number(2));
                return null;
            case "everywhere":
                _registry.MarkEverywhere((nuint)_base + vector.Number(0), vector.Number(1));
                return null;
            case "first":
                return _maps[vector.Operands[0]].FirstPoisoned(vector.Number(1), vector.Number(2));
            case "count":
                return (nuint)_maps[vector.Operands[0]].PoisonedLineCount;
            case "total":
                long total = PoisonGate.Instance->PoisonedLines - _linesBefore;
                if (total != (long)vector.Number(0))
                    Require.Fail($"{vector}: {total:x} lines are counted.");
                return null;
            case "clean":
                nuint start = (nuint)_base + vector.Number(0);
                return _registry.FirstPoisonedAddress(start, start + vector.Number(1)) - start;
            case "copy":
                Copy(vector, vector.Number(0), vector.Number(1));
                return vector.Expected;
            default:
                throw new InvalidOperationException($"{vector}: there is no such operation.");
        }
    }

    private byte* Address(string word, MapVector vector) => word switch
    {
        "null" => null,
        "last" => (byte*)nuint.MaxValue,
        _ => _base + vector.Number(1),
    };

    private void Copy(MapVector vector, nuint offset, nuint length)
    {
        nuint copied = length - vector.Expected!.Value;
        CopyFault stop = copied == length
            ? default
            : new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, ((nuint)_base + offset + copied) & ~(nuint)63, PoisonMap.LineSize, WrittenBeyond: false);
        nuint start = (nuint)_base + offset;
        Require.Equal(copied, _registry.FirstPoisonedAddress(start, start + length) - start);
        foreach (CopyEngine engine in _engines)
        {
            var copy = new CopyCase(_base + offset, _destination.Start, length);
            copy.ExpectStop(engine, copied, stop);
            _destination.Check(copy, copied);
            Require.Equal(length - copied, copy.Run(engine));
            _destination.Check(copy, copied);
        }
    }
}
