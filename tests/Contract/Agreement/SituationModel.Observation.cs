using System.Runtime.InteropServices;
using CopyMc.Simulation;

namespace CopyMc.Contract.Agreement;

// Observations: the content of pages, and a process's view of its memory.
public sealed partial class SituationModel
{
    private ReadOnlySpan<byte> Stamp(int number, ulong address)
    {
        Array.Clear(_page);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(_page.AsSpan());
        (words[0], words[1]) = ((ulong)number, (address - Base) / Page);
        (words[PatternWords - 2], words[PatternWords - 1]) = (words[0], words[1]);
        return _page;
    }

    private byte[] Stamps(int number, ulong start, ulong length)
    {
        var content = new byte[length];
        for (ulong at = start; at < start + length; at += Page)
            Stamp(number, at).CopyTo(content.AsSpan((int)(at - start)));
        return content;
    }

    private string Content(ulong address)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(_page);
        if (words[0] != words[PatternWords - 2] || words[1] != words[PatternWords - 1])
            return "torn";
        long away = (long)words[1] - (long)((address - Base) / Page);
        return words[0] == 0 ? "zero" : away == 0 ? $"{words[0]}" : $"{words[0]}@{(away > 0 ? "+" : "")}{away}";
    }

    private static string Describe(Vma area)
    {
        char Letter(VmaFlags flag, char letter) => (area.Flags & flag) != 0 ? letter : '-';
        char sharing = (area.Flags & VmaFlags.Shared) != 0 ? 's' : 'p';
        return $"{(area.Start - Base) / Page}+{(area.End - area.Start) / Page} {Letter(VmaFlags.Read, 'r')}{Letter(VmaFlags.Write, 'w')}{Letter(VmaFlags.Execute, 'x')}{sharing}";
    }

    private static string EntryName(AddressSpace process, ulong at)
    {
        Pte entry = process.EntryAt(at);
        return entry.IsPresent ? "present" : entry.IsNone ? "none" : "swap";
    }

    private static string ForEachRange((ulong Start, ulong Length) pages, Func<ulong, bool> isHuge)
    {
        ulong first = pages.Start / HugePage, last = (pages.Start + pages.Length - 1) / HugePage;
        return string.Join(", ", Enumerable.Range((int)first, (int)(last - first) + 1).Select(range => isHuge((ulong)range * HugePage) ? "huge" : "small"));
    }

    /// <summary>Whether the 512 pages are one huge page, mapped by a PMD or by PTEs.</summary>
    private bool IsFolio(Func<uint, uint?> frameOf)
    {
        PhysicalMemory memory = _machine.Memory;
        return frameOf(0) is uint first && first == memory.HeadOf(first) && memory.PagesOf(first) == PageTable.EntryCount
            && Enumerable.Range(0, PageTable.EntryCount).All(page => frameOf((uint)page) == first + (uint)page);
    }

    private uint? MappedFrame(AddressSpace process, ulong address)
    {
        Pte pte = process.EntryAt(address);
        return pte.IsPresent && pte.Pfn < _machine.Memory.FrameCount ? pte.Pfn : null;
    }

    /// <summary>As the probe, which reads the page cache through a mapping, this sees no page beyond the end of the file.</summary>
    private static uint? CachedFrame(SimulatedFile file, uint page)
    {
        PageCacheSlot slot = file.IsBeyondEnd(page) ? default : file.SlotAt(page);
        return slot.IsPage ? slot.Pfn : null;
    }
}
