namespace CopyMc;

/// <summary>What stopped a copy of the stub; <c>enum mce_kind</c> in mce_stub.h. The kinds before <see cref="NullPointer"/> are those of <see cref="CopyFaultKind"/>.</summary>
internal enum FaultRecordKind : ushort
{
    /// <summary>The side's pointer is null. Nothing was copied, as with the kinds after it.</summary>
    NullPointer = 5,

    /// <summary>The side's range wraps around or reaches beyond user space.</summary>
    Outside,

    /// <summary>The ranges overlap.</summary>
    Overlap,
}
