using System.Runtime.InteropServices;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>
/// The contents of pages, by number. A store fills its bytes with a word that no other store uses, so each byte of a page shows which store it
/// comes from.
/// </summary>
internal sealed class Contents
{
    /// <summary>Zeros.</summary>
    internal const int Zeros = 0;

    /// <summary>No content: an access must end with a memory error.</summary>
    internal const int Poison = -1;

    /// <summary>The content of the file behind the page.</summary>
    internal const int OfFile = -2;

    private readonly List<(int Before, int Offset, int Length, int Store)> _all = [default];
    private readonly byte[] _bytes = new byte[NativeRegion.PageSize];
    private int _stores;

    internal void Clear()
    {
        _all.RemoveRange(1, _all.Count - 1);
        _stores = 0;
    }

    /// <summary>A new store.</summary>
    internal int NewStore() => ++_stores;

    internal static void FillWith(int store, Span<byte> bytes) => MemoryMarshal.Cast<byte, ulong>(bytes).Fill(WordOf(store));

    /// <summary>The content of a page after a store to part of it, or to all.</summary>
    internal int After(int before, int store, int offset, int length)
    {
        _all.Add((before, offset, length, store));
        return _all.Count - 1;
    }

    internal bool Holds(ReadOnlySpan<byte> page, int content)
    {
        (int before, int offset, int length, int store) = _all[content];
        if (content == Zeros || length == page.Length)
            return !MemoryMarshal.Cast<byte, ulong>(page).ContainsAnyExcept(WordOf(store));
        Fill(before);
        FillWith(store, _bytes.AsSpan(offset, length));
        return page.SequenceEqual(_bytes);
    }

    private void Fill(int content)
    {
        (int before, int offset, int length, int store) = _all[content];
        if (content != Zeros && length < _bytes.Length)
            Fill(before);
        FillWith(store, content == Zeros ? _bytes : _bytes.AsSpan(offset, length));
    }

    private static ulong WordOf(int store) => (ulong)store * 0x9E3779B97F4A7C15;
}
