using System.Globalization;
using CopyMc.Contract;

namespace CopyMc.Guest.Nodes;

/// <summary>Regions of a NUMA node, in a guest with two nodes.</summary>
internal static unsafe class RegionOfNode
{
    private const int Pages = NativeRegion.HugePageSize / NativeRegion.PageSize, Absent = 2;

    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. from node in new[] { 0, 1 }
           from backing in new[] { RegionBacking.Anonymous, RegionBacking.Memfd }
           select new Promise($"{nameof(RegionOfNode)}: Every page of a region of node {node} is there ({backing})", null, () => IsThere(node, backing)),
        new Promise($"{nameof(RegionOfNode)}: A node that is not there is refused", null, AbsentNodeIsRefused),
    ];

    private static void IsThere(int node, RegionBacking backing)
    {
        using var region = new NativeRegion(NativeRegion.HugePageSize, new NativeRegionOptions { Node = node, Backing = backing });
        string line = File.ReadLines("/proc/self/numa_maps")
            .Single(line => ulong.Parse(line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == (ulong)region.Pointer);
        Require.True(line.Contains($" N{node}={Pages}", StringComparison.Ordinal), line);
    }

    private static void AbsentNodeIsRefused()
    {
        try
        {
            new NativeRegion(1, new NativeRegionOptions { Node = Absent }).Dispose();
        }
        catch (ArgumentOutOfRangeException error)
        {
            Require.Equal(Absent, (int)error.ActualValue!);
            return;
        }
        Require.Fail("nothing was thrown");
    }
}
