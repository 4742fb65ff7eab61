using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Every byte that every process would find in the regions, read without disturbing anything.</summary>
internal sealed class ContentSnapshot
{
    private readonly Dictionary<(AddressSpace Process, StagedRegion Region), Pages> _pages = [];

    internal ContentSnapshot(ScenarioStage stage)
    {
        foreach (AddressSpace process in stage.Processes.Where(process => !process.HasExited))
        {
            foreach (StagedRegion region in stage.Regions)
                _pages.Add((process, region), new Pages(process, region));
        }
    }

    /// <summary>Expects from now on what changed between two snapshots.</summary>
    internal void Follow(ContentSnapshot before, ContentSnapshot after)
    {
        foreach (((AddressSpace, StagedRegion) key, Pages now) in after._pages)
        {
            if (!_pages.TryGetValue(key, out Pages? expected) || !before._pages.TryGetValue(key, out Pages? then))
            {
                _pages[key] = now;
                continue;
            }
            for (int page = 0; page < now.Results.Length; page++)
            {
                if (!now.IsSame(then, page))
                    expected.Take(now, page);
            }
        }
        foreach ((AddressSpace, StagedRegion) gone in before._pages.Keys.Where(key => !after._pages.ContainsKey(key)))
            _pages.Remove(gone);
    }

    /// <summary>Compares what is there with what was: poison may take pages away, and nothing may change one.</summary>
    internal ContentReport Compare(ContentSnapshot now)
    {
        int identical = 0, lost = 0, changed = 0;
        foreach (((AddressSpace, StagedRegion) key, Pages before) in _pages)
        {
            for (int page = 0; page < before.Results.Length; page++)
            {
                if (!now._pages.TryGetValue(key, out Pages? after))
                    changed++;
                else if (after.Results[page].IsBusError)
                    lost++;
                else if (before.Results[page].IsBusError || after.IsSame(before, page))
                    // A page that was lost in part and can be read again was read from disk.
                    identical++;
                else
                    changed++;
            }
        }
        return new ContentReport(identical, lost, changed);
    }

    internal int LostPagesOf(AddressSpace process, StagedRegion region) =>
        _pages.TryGetValue((process, region), out Pages? pages) ? pages.Results.Count(result => result.IsBusError) : 0;

    private sealed class Pages
    {
        private readonly byte[] _content;

        internal Pages(AddressSpace process, StagedRegion region)
        {
            _content = new byte[region.Length];
            Results = new AccessResult[region.Setup.LengthPages];
            for (int page = 0; page < Results.Length; page++)
            {
                AccessResult found = process.Peek(region.AddressOf(page), ContentOf(page));
                // Past a file's end the rest of a huge page reads as zeros, and small pages are not there: a collapse may change one to the other.
                Results[page] = !found.IsDone && IsPastEnd(process, region, page) ? AccessResult.Done : found;
            }
        }

        internal AccessResult[] Results { get; }

        internal bool IsSame(Pages other, int page) =>
            Results[page] == other.Results[page] && ContentOf(page).SequenceEqual(other.ContentOf(page));

        internal void Take(Pages other, int page)
        {
            Results[page] = other.Results[page];
            other.ContentOf(page).CopyTo(ContentOf(page));
        }

        private static bool IsPastEnd(AddressSpace process, StagedRegion region, int page) => region.File is { } file
            && (ulong)region.FilePageOf(page) * NativeRegion.PageSize >= file.Length && process.EntryAt(region.AddressOf(page)).IsNone;

        private Span<byte> ContentOf(int page) => _content.AsSpan(page * NativeRegion.PageSize, NativeRegion.PageSize);
    }
}
