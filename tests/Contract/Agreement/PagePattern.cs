using System.Runtime.InteropServices;

namespace CopyMc.Contract.Agreement;

/// <summary>What stands in a page: the same bytes that the probe writes (<c>fill_pattern</c> in native/collapse_probe/src/state.c).</summary>
public static class PagePattern
{
    /// <summary>Fills the page's 4096 bytes. Generation 0 was written first, 1 after the fork or into a private copy.</summary>
    public static void Fill(Span<byte> page, int index, int generation)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        for (int i = 0; i < words.Length; i++)
            words[i] = (((ulong)index + 1) * 0x9E3779B97F4A7C15) ^ (((ulong)i + 1) * 0xC2B2AE3D27D4EB4F) ^ ((ulong)generation * 0x165667B19E3779F9);
    }

    /// <summary>What the page's 4096 bytes are.</summary>
    public static PageContent Classify(ReadOnlySpan<byte> page, int index)
    {
        if (!page.ContainsAnyExcept((byte)0))
            return PageContent.Zero;
        Span<byte> expected = stackalloc byte[4096];
        for (int generation = 0; generation <= 1; generation++)
        {
            Fill(expected, index, generation);
            if (page.SequenceEqual(expected))
                return generation == 0 ? PageContent.Original : PageContent.Rewritten;
        }
        return PageContent.Other;
    }
}
