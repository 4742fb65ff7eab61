using System.Runtime.InteropServices;

namespace CopyMc.Bench.Collapse;

/// <summary>Content that tells its page and its write: no two pages, and no two writes to a page, have a word in common.</summary>
internal static class PagePattern
{
    /// <param name="region">The region's number.</param>
    /// <param name="page">The page in it.</param>
    /// <param name="version">Which write it is.</param>
    internal static byte[] Of(int region, int page, int version)
    {
        var content = new byte[NativeRegion.PageSize];
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(content.AsSpan());
        for (int i = 0; i < words.Length; i++)
            words[i] = ((ulong)(version + 1) << 48) | ((ulong)region << 40) | ((ulong)page << 12) | (uint)i;
        return content;
    }
}
