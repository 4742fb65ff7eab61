namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What a region is registered for with userfaultfd.</summary>
internal enum UserfaultfdRegistration
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Missing pages.</summary>
    Missing,

    /// <summary>Stores to write-protected pages.</summary>
    WriteProtect,
}
