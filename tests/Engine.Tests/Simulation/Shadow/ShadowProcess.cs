using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>A process, and what each page of its window may hold.</summary>
internal sealed class ShadowProcess(AddressSpace space, ShadowPages pages)
{
    internal const ulong Base = 1UL << 40;

    internal AddressSpace Space { get; } = space;

    internal ShadowPages Pages { get; } = pages;

    internal Userfaultfd? Userfaultfd { get; set; }

    /// <summary>Guards were installed: a page that is mapped may be out of reach.</summary>
    internal bool HasGuards { get; set; }

    internal List<PinnedPage> Pins { get; } = [];

    internal static ulong AddressOf(int page) => Base + (ulong)page * TestMachine.Page;

    internal static int PageOf(ulong address) => (int)((address - Base) / TestMachine.Page);

    internal Vma? AreaOf(int page) => Space.Find(AddressOf(page));

    /// <summary>What a page holds when nothing is mapped there yet.</summary>
    internal int Untouched(int page) => AreaOf(page)?.File is null ? Contents.Zeros : Contents.OfFile;
}
