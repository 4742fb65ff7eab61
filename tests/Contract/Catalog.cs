using CopyMc.Contract.Promises;

namespace CopyMc.Contract;

/// <summary>All promises.</summary>
public static class Catalog
{
    /// <summary>Lists them.</summary>
    public static IReadOnlyList<Promise> All { get; } =
    [
        .. PromiseList.Of<CopyExactness>(),
        .. PromiseList.Of<KnownPoison>(),
        .. PromiseList.Of<FirstPoisonedLine>(),
        .. PromiseList.Of<HighAddresses>(),
        .. PromiseList.Of<TaggedPointers>(),
        .. PromiseList.Of<LatentPoison>(),
        .. PromiseList.Of<LatentDestination>(),
        .. PromiseList.Of<Learning>(),
        .. PromiseList.Of<HugePages>(),
        .. PromiseList.Of<Healing>(),
        .. PromiseList.Of<SalvageExactness>(),
        .. PromiseList.Of<Scanning>(),
        .. PromiseList.Of<CollapseAgreement>(),
        .. PromiseList.Of<EveryPage>(),
        .. PromiseList.Of<PoisonDuringCopies>(),
        .. PromiseList.Of<ManyPages>(),
        .. PromiseList.Of<EarlyReports>(),
        .. PromiseList.Of<UnprotectedCopies>(),
    ];
}
