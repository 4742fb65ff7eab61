using CopyMc.Contract.Promises;

namespace CopyMc.Contract;

/// <summary>All promises.</summary>
public static class Catalog
{
    /// <summary>Lists them.</summary>
    public static IReadOnlyList<Promise> All { get; } =
    [
        .. Promised.By<CopyExactness>(),
        .. Promised.By<KnownPoison>(),
        .. Promised.By<FirstPoisonedLine>(),
        .. Promised.By<LatentPoison>(),
        .. Promised.By<LatentDestination>(),
        .. Promised.By<Learning>(),
        .. Promised.By<HugePages>(),
        .. Promised.By<Healing>(),
        .. Promised.By<SalvageExactness>(),
        .. Promised.By<Scanning>(),
        .. Promised.By<CollapseAgreement>(),
        .. Promised.By<EveryPage>(),
        .. Promised.By<PoisonUnderWay>(),
        .. Promised.By<ManyPages>(),
        .. Promised.By<EarlyReports>(),
        .. Promised.By<UnprotectedCopies>(),
    ];
}
