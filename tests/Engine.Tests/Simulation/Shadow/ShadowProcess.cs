using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>A process, and the possible contents of each page of its window.</summary>
internal sealed class ShadowProcess(AddressSpace space, ShadowPages pages)
{
    internal const ulong Base = 1UL << 40;

    internal AddressSpace Space { get; } = space;

    internal ShadowPages Pages { get; } = pages;

    internal Userfaultfd? Userfaultfd { get; set; }

    /// <summary>Whether guards were installed, so that an access to a mapped page may fail.</summary>
    internal bool HasGuards { get; set; }

    internal List<PinnedPage> Pins { get; } = [];

    internal static ulong AddressOf(int page) => Base + (ulong)page * TestMachine.Page;

    internal static int PageOf(ulong address) => (int)((address - Base) / TestMachine.Page);

    internal Vma? AreaOf(int page) => Space.Find(AddressOf(page));

    /// <summary>The content of a page that is not mapped yet.</summary>
    internal int Untouched(int page) => AreaOf(page)?.File is null ? Contents.Zeros : Contents.OfFile;
}
