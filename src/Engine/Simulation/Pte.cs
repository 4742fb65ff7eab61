namespace CopyMc.Simulation;

/// <summary>An entry of a page table: none, a frame, a swap entry, or a marker.</summary>
/// <param name="Bits">The low 12 bits are the kind and flags, the others the number of a frame or a swap slot.</param>
public readonly record struct Pte(ulong Bits)
{
    private const int NumberShift = 12;
    private const ulong PresentBit = 1, WritableBit = 2, DirtyBit = 4, YoungBit = 8, UffdWriteProtectBit = 16, ExclusiveBit = 256;
    private const ulong KindMask = 0xE0;
    private const ulong SwapKind = 0x20, HwPoisonKind = 0x40, PoisonMarkerKind = 0x60, GuardMarkerKind = 0x80, WriteProtectMarkerKind = 0xA0;

    /// <summary>Nothing is mapped.</summary>
    public bool IsNone => Bits == 0;

    /// <summary>A frame is mapped.</summary>
    public bool IsPresent => (Bits & PresentBit) != 0;

    /// <summary>Stores need no fault.</summary>
    public bool IsWritable => (Bits & WritableBit) != 0;

    /// <summary>It was stored to.</summary>
    public bool IsDirty => (Bits & DirtyBit) != 0;

    /// <summary>It was used.</summary>
    public bool IsYoung => (Bits & YoungBit) != 0;

    /// <summary>The anonymous page belongs only to this process, which may write to it in place, despite other references (<c>PageAnonExclusive</c>).</summary>
    public bool IsExclusive => (Bits & ExclusiveBit) != 0;

    /// <summary>userfaultfd protects it from stores, present or not.</summary>
    public bool IsUffdWriteProtected => (Bits & UffdWriteProtectBit) != 0 || IsWriteProtectMarker;

    /// <summary>Neither none nor present: what the kernel calls a swap PTE, including markers and poison.</summary>
    public bool IsSwapLike => !IsNone && !IsPresent;

    /// <summary>The content is in a swap slot.</summary>
    public bool IsSwap => (Bits & (KindMask | PresentBit)) == SwapKind;

    /// <summary>Memory failure took the frame away.</summary>
    public bool IsHwPoison => (Bits & (KindMask | PresentBit)) == HwPoisonKind;

    /// <summary>Set with <c>UFFDIO_POISON</c>.</summary>
    public bool IsPoisonMarker => (Bits & (KindMask | PresentBit)) == PoisonMarkerKind;

    /// <summary>Set with <c>MADV_GUARD_INSTALL</c>.</summary>
    public bool IsGuardMarker => (Bits & (KindMask | PresentBit)) == GuardMarkerKind;

    /// <summary>Set with <c>UFFDIO_WRITEPROTECT</c> for an absent page.</summary>
    public bool IsWriteProtectMarker => (Bits & (KindMask | PresentBit)) == WriteProtectMarkerKind;

    /// <summary>The frame's number, of a present or poisoned entry.</summary>
    public uint Pfn => (uint)(Bits >> NumberShift);

    /// <summary>The swap slot's number.</summary>
    internal uint Slot => (uint)(Bits >> NumberShift);

    internal static Pte PoisonMarker => new(PoisonMarkerKind);

    internal static Pte GuardMarker => new(GuardMarkerKind);

    internal static Pte WriteProtectMarker => new(WriteProtectMarkerKind);

    internal static Pte Of(uint pfn, bool writable, bool dirty, bool young) => new(
        ((ulong)pfn << NumberShift) | PresentBit | (writable ? WritableBit : 0) | (dirty ? DirtyBit : 0) | (young ? YoungBit : 0));

    internal static Pte Swap(uint slot) => new(((ulong)slot << NumberShift) | SwapKind);

    internal static Pte HwPoison(uint pfn) => new(((ulong)pfn << NumberShift) | HwPoisonKind);

    internal Pte Used(bool written) => new(Bits | YoungBit | (written ? DirtyBit : 0));

    internal Pte Old() => new(Bits & ~YoungBit);

    internal Pte Clean() => new(Bits & ~DirtyBit);

    /// <summary>The entry after a fork, with which no process may write in place.</summary>
    internal Pte SharedByFork() => new(Bits & ~(WritableBit | ExclusiveBit));

    internal Pte Exclusive() => new(Bits | ExclusiveBit);

    /// <summary>The entry with which the process may write in place.</summary>
    internal Pte Writable() => new(Bits | WritableBit);

    internal Pte ReadOnly() => new(Bits & ~WritableBit);

    internal Pte UffdWriteProtected() => new((Bits | UffdWriteProtectBit) & ~WritableBit);

    internal Pte UffdUnprotected() => IsWriteProtectMarker ? default : new(Bits & ~UffdWriteProtectBit);

    internal Pte Plus(uint pages) => new(Bits + ((ulong)pages << NumberShift));
}
