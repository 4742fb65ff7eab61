using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary>Regions, poison maps, and poison on purpose.</summary>
internal static unsafe class RegionExports
{
    [UnmanagedCallersOnly(EntryPoint = "copymc_map_create")]
    internal static Status CreateMap(void* start, nuint length, ulong* map)
    {
        try
        {
            Arguments.Need(map, nameof(map));
            *map = Handles.Add(new Map(new PoisonMap(start, length), length));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_map_mark")]
    internal static Status Mark(ulong mapOrRegion, nuint offset, nuint length)
    {
        try
        {
            MapOf(mapOrRegion, offset, length).Mark(offset, length);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_map_clear")]
    internal static Status Clear(ulong mapOrRegion, nuint offset, nuint length)
    {
        try
        {
            MapOf(mapOrRegion, offset, length).Clear(offset, length);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_map_first")]
    internal static Status First(ulong mapOrRegion, nuint offset, nuint length, nuint* first)
    {
        try
        {
            Arguments.Need(first, nameof(first));
            *first = MapOf(mapOrRegion, offset, length).FirstPoisoned(offset, length);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_map_count")]
    internal static Status Count(ulong mapOrRegion, ulong* lines)
    {
        try
        {
            Arguments.Need(lines, nameof(lines));
            *lines = (ulong)MapOf(mapOrRegion, 0, 0).PoisonedLineCount;
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_region_create")]
    internal static Status Create(nuint length, RegionOptionsRecord* options, ulong* region)
    {
        try
        {
            Arguments.Need(region, nameof(region));
            *region = Handles.Add(new Region(new NativeRegion(length, Read(options)), IsOfMachine: false));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error, "options->node");
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_region_memory")]
    internal static Status Memory(ulong region, byte** pointer, nuint* length)
    {
        try
        {
            NativeRegion memory = Get(region);
            Arguments.NeedAligned((nint*)pointer, nameof(pointer));
            Arguments.NeedAligned(length, nameof(length));
            if (pointer != null)
                *pointer = memory.Pointer;
            if (length != null)
                *length = memory.Length;
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_source_unsupported_reason")]
    internal static byte* SourceUnsupportedReason(int source)
    {
        try
        {
            return Names.Of(Enum.IsDefined((PoisonSource)source)
                ? PoisonInjector.UnsupportedReason((PoisonSource)source) : $"There is no source {source}.");
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_region_inject")]
    internal static Status Inject(ulong region, nuint offset, int source)
    {
        try
        {
            NativeRegion memory = Get(region);
            PoisonInjector.Inject(memory, Arguments.Less(offset, memory.Length, nameof(offset)), Arguments.Value<PoisonSource>(source, nameof(source)));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error, nameof(source));
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_region_heal")]
    internal static Status Heal(ulong region, nuint offset, nuint length, int source)
    {
        try
        {
            NativeRegion memory = Get(region);
            Arguments.NeedRange(offset, length, memory.Length);
            PoisonInjector.Heal(memory, offset, length, Arguments.Value<PoisonSource>(source, nameof(source)));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    private static NativeRegion Get(ulong region) => Handles.Get<Region>(region, nameof(region)).Memory;

    /// <summary>The map of a map or region, which covers the range.</summary>
    private static PoisonMap MapOf(ulong handle, nuint offset, nuint length)
    {
        if (Handles.Find(handle) is Region { Memory: { } memory })
        {
            Arguments.NeedRange(offset, length, memory.Length);
            return memory.Poison;
        }
        Map map = Handles.Get<Map>(handle, "map_or_region");
        Arguments.NeedRange(offset, length, map.Length);
        return map.Marks;
    }

    private static NativeRegionOptions? Read(RegionOptionsRecord* options)
    {
        const uint Lock = 1, Unpopulated = 2, NoReserve = 4;
        if (options == null)
            return null;
        RegionOptionsRecord record = Arguments.Read(options, (uint)sizeof(RegionOptionsRecord), nameof(options));
        Arguments.NeedFlags(record.Flags, Lock | Unpopulated | NoReserve, "options->flags");
        Arguments.NeedZero(record.Reserved, nameof(options));
        if (record.Backing == (int)RegionBacking.File)
            throw Arguments.Invalid("options->backing", "a region over a file cannot be made here.");
        if (record.Node < -1)
            throw Arguments.Invalid("options->node", $"{record.Node} is neither a node nor -1.");
        return new NativeRegionOptions
        {
            Backing = Arguments.Value<RegionBacking>(record.Backing, "options->backing"),
            Pages = Arguments.Value<PageKind>(record.Pages, "options->pages"),
            Lock = (record.Flags & Lock) != 0,
            Populate = (record.Flags & Unpopulated) == 0,
            Reserve = (record.Flags & NoReserve) == 0,
            Node = record.Node == -1 ? null : record.Node,
        };
    }
}
