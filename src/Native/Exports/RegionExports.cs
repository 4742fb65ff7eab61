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
            *map = Handles.Add(new PoisonMap(start, length));
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
            MapOf(mapOrRegion).Mark(offset, length);
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
            MapOf(mapOrRegion).Clear(offset, length);
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
            *first = MapOf(mapOrRegion).FirstPoisoned(offset, length);
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
            *lines = (ulong)MapOf(mapOrRegion).PoisonedLineCount;
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
            return Failure.Report(error);
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
            PoisonInjector.Inject(Get(region), offset, Arguments.Value<PoisonSource>(source, nameof(source)));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_region_heal")]
    internal static Status Heal(ulong region, nuint offset, nuint length, int source)
    {
        try
        {
            PoisonInjector.Heal(Get(region), offset, length, Arguments.Value<PoisonSource>(source, nameof(source)));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    private static NativeRegion Get(ulong region) => Handles.Get<Region>(region, nameof(region)).Memory;

    private static PoisonMap MapOf(ulong handle) => Handles.Find(handle) switch
    {
        Region region => region.Memory.Poison,
        _ => Handles.Get<PoisonMap>(handle, "map_or_region"),
    };

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
