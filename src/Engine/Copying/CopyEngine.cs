using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyMc.Diagnostics;

namespace CopyMc;

/// <summary>
/// Copies memory that may be poisoned and returns the number of bytes it did not copy, as <c>copy_mc_to_kernel</c> does.
/// </summary>
/// <remarks>
/// <para>
/// After every copy, bytes <c>[0, byteCount - remaining)</c> of the destination equal the source, and no byte after them is written,
/// unless <see cref="CopyFault.WrittenBeyond"/> says that poison was marked while the copy ran or that several threads shared it. No
/// byte of a line marked before the call is read. With known poison the copied prefix ends where the first bad line starts; with a
/// fault it ends at the first unreadable byte, or at the start of its line or page where the hardware reports only that.
/// </para>
/// <para>
/// All members are thread-safe. A copy allocates nothing; a salvage, and a copy with <see cref="CopyOptions"/>, may allocate. Poison never throws.
/// Bad arguments do, before a byte moves.
/// </para>
/// <para>
/// Addresses above 2^47 (five-level page tables) are copied like others. On arm64 the tag in the top byte of a pointer is ignored. On x86-64 a pointer
/// with a tag (linear address masking) is refused like any address beyond user space.
/// </para>
/// </remarks>
public sealed unsafe class CopyEngine
{
    /// <summary>Bytes in a block of a long copy. The copy checks for late poison and cancellation, and reports progress, once per block.</summary>
    internal const nuint BlockSize = 2 * 1024 * 1024;

    /// <summary>
    /// The longest copy that the stub does alone, without the GC transition, which would cost as much as a short copy. A collection may
    /// wait for such a copy: a few microseconds from cold memory, plus any page fault or signal in it, as in managed code between two
    /// safe points. At most MCE_SHORT_COPY of the stub.
    /// </summary>
    private const nuint LongestShortCopy = CopyCounters.LongestShortCopy;

    private static CopyEngine? s_shared;

    private readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, FaultRecord*, nuint> _checkedCopy;

    /// <summary>The stub's short copy, with the checks of the contract; null with a managed kernel, and while <see cref="ShortCopySampler"/> counts all copies.</summary>
    private delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, FaultRecord*, nuint> _short;
    // The kernel for copies larger than the last-level cache: the streaming one, unless the caller chose a kernel.
    private readonly CopyKernel _beyondCache;
    private readonly nuint _beyondCacheFrom;

    /// <summary>Creates an engine. If its kernel recovers from faults, this also enables <see cref="FaultRecovery"/> in the whole process.</summary>
    /// <param name="options">Kernel, hint and signals; <see langword="null"/>: the best kernel for this machine, and recovery from SIGBUS alone.</param>
    /// <exception cref="PlatformNotSupportedException">
    /// The kernel cannot run on this machine, or it does not recover from faults and the options require that. The message says what is missing.
    /// </exception>
    /// <exception cref="ArgumentException"><c>COPYMC_KERNEL</c> names no kernel; the message lists the kernels.</exception>
    /// <exception cref="InvalidOperationException">The signal handler could not be installed; the message says why.</exception>
    public CopyEngine(CopyEngineOptions? options = null)
    {
        options ??= new CopyEngineOptions();
        Kernel = options.Kernel ?? KernelCatalog.Choose(options.Hint);
        _beyondCache = options.Kernel ?? KernelCatalog.Choose(CopyHint.Streaming);
        _beyondCacheFrom = nuint.MaxValue;
        if (!Kernel.IsSupported)
            throw new PlatformNotSupportedException($"The copy kernel '{Kernel.Name}' cannot run here: {Kernel.UnsupportedReason}");

        if (Kernel.RecoversFromFaults)
        {
            FaultRecovery.Enable();
            if (options.RecoverSegmentationFaults)
                FaultRecovery.EnableSegmentationFaults();
            _short = _checkedCopy = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, FaultRecord*, nuint>)Kernel.CheckedFunction;
            _beyondCacheFrom = CopyTuning.Current.StreamsFrom;
            ShortCopySampler.Add(this);
        }
        else if (options.RecoverSegmentationFaults)
        {
            throw new PlatformNotSupportedException($"The copy kernel '{Kernel.Name}' does not recover from faults.");
        }
        EngineMeter.Publish();
    }

    /// <summary>
    /// The engine that the whole process shares, with the best kernel for this machine. The first use creates it, as
    /// <see cref="CopyEngine(CopyEngineOptions?)"/> does. It recovers from faults if <see cref="FaultRecovery.IsSupported"/>.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException"><c>COPYMC_KERNEL</c> names a kernel that cannot run on this machine.</exception>
    /// <exception cref="ArgumentException"><c>COPYMC_KERNEL</c> names no kernel; the message lists the kernels.</exception>
    /// <exception cref="InvalidOperationException">The signal handler could not be installed; the message says why.</exception>
    public static CopyEngine Shared => s_shared ?? MakeShared();

    /// <summary>The kernel that this engine copies with.</summary>
    /// <remarks>
    /// If neither the options nor <c>COPYMC_KERNEL</c> name a kernel, copies of at least <see cref="CopyTuning.StreamsFrom"/> bytes use the kernel
    /// for <see cref="CopyHint.Streaming"/> instead.
    /// </remarks>
    public CopyKernel Kernel { get; }

    /// <summary>Copies up to the first poison.</summary>
    /// <param name="source">The first byte to read; any alignment.</param>
    /// <param name="destination">The first byte to write; any alignment. Marks on the destination do not matter.</param>
    /// <param name="byteCount">Bytes to copy.</param>
    /// <returns>Bytes not copied; 0 if all were.</returns>
    /// <exception cref="ArgumentNullException">A pointer is null and <paramref name="byteCount"/> is not 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A range wraps around the address space or reaches beyond user space.</exception>
    /// <exception cref="ArgumentException">The ranges overlap.</exception>
    // Inlined, because the JIT clears the upper halves of vectors in the prologue of a method that calls native code, which costs a nanosecond.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nuint Copy(void* source, void* destination, nuint byteCount)
    {
        delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, FaultRecord*, nuint> copy = _short;
        if (byteCount > LongestShortCopy || copy == null)
            return CopyBlocks((byte*)source, (byte*)destination, byteCount, byteCount, fault: null);
        FaultRecord record;
        nuint remaining = copy((byte*)destination, (byte*)source, byteCount, &record);
        // The record says all that the other case needs, so that no argument is kept for it.
        return remaining == 0 ? 0 : EndShort(&record, fault: null);
    }

    /// <summary>Copies up to the first poison and reports it.</summary>
    /// <param name="source">The first byte to read; any alignment.</param>
    /// <param name="destination">The first byte to write; any alignment. Marks on the destination do not matter.</param>
    /// <param name="byteCount">Bytes to copy.</param>
    /// <param name="fault">What stopped the copy; of kind <see cref="CopyFaultKind.None"/> if nothing did.</param>
    /// <returns>Bytes not copied; 0 if all were.</returns>
    /// <exception cref="ArgumentNullException">A pointer is null and <paramref name="byteCount"/> is not 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A range wraps around the address space or reaches beyond user space.</exception>
    /// <exception cref="ArgumentException">The ranges overlap.</exception>
    [SkipLocalsInit]
    public nuint Copy(void* source, void* destination, nuint byteCount, out CopyFault fault)
    {
        delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, FaultRecord*, nuint> copy = _short;
        if (byteCount > LongestShortCopy || copy == null)
            return CopyPart((byte*)source, (byte*)destination, byteCount, byteCount, out fault);
        FaultRecord record;
        nuint remaining = copy((byte*)destination, (byte*)source, byteCount, &record);
        fault = default;
        if (remaining == 0)
            return 0;
        CopyFault found;
        remaining = EndShort(&record, &found);
        fault = found;
        return remaining;
    }

    /// <summary>Copies a long range up to the first poison, with several threads, progress or cancellation.</summary>
    /// <param name="source">The first byte to read; any alignment.</param>
    /// <param name="destination">The first byte to write; any alignment. Marks on the destination do not matter.</param>
    /// <param name="byteCount">Bytes to copy.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <param name="fault">
    /// What stopped the copy, at the lowest address of all threads' blocks. Poison that was marked before the call stops all threads; at
    /// a fault, other threads may have written bytes after the prefix, and <see cref="CopyFault.WrittenBeyond"/> says so.
    /// </param>
    /// <returns>Bytes not copied, counted from the lowest bad byte; 0 if all were copied.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="options"/> is null, or a pointer is null and <paramref name="byteCount"/> is not 0.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A range wraps around the address space or reaches beyond user space.</exception>
    /// <exception cref="ArgumentException">The ranges overlap.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the copy finished. Some blocks are copied, not always the first ones.</exception>
    public nuint Copy(void* source, void* destination, nuint byteCount, CopyOptions options, out CopyFault fault)
    {
        ArgumentNullException.ThrowIfNull(options);
        fault = default;
        if (byteCount == 0)
            return 0;
        ThrowIfUnsound(source, destination, byteCount);

        nuint from = UserSpace.Untagged((nuint)source), clean = CleanBytes(from, byteCount);
        nuint remaining = new ParallelCopy(this, (byte*)source, (byte*)destination, clean, options).Run(out fault);
        if (remaining == 0 && clean != byteCount)
            fault = KnownPoisonAt(from + clean, writtenBeyond: false);
        return byteCount - clean + remaining;
    }

    /// <summary>Copies a span up to the first poison.</summary>
    /// <param name="source">The bytes to copy.</param>
    /// <param name="destination">Receives the bytes. It has at least as many as <paramref name="source"/>.</param>
    /// <returns>Bytes not copied; 0 if all were.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or the spans overlap.</exception>
    public int Copy(ReadOnlySpan<byte> source, Span<byte> destination) => Copy(source, destination, out _);

    /// <summary>Copies up to the first poison, and says what stopped the copy.</summary>
    /// <param name="source">The bytes to copy.</param>
    /// <param name="destination">The bytes to write, at least as many as <paramref name="source"/> has.</param>
    /// <param name="fault">What stopped the copy.</param>
    /// <returns>Bytes not copied; 0 if all were.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or the spans overlap.</exception>
    public int Copy(ReadOnlySpan<byte> source, Span<byte> destination, out CopyFault fault)
    {
        ThrowIfTooShort(source, destination);
        fixed (byte* from = source)
        fixed (byte* to = destination)
            return (int)Copy(from, to, (nuint)source.Length, out fault);
    }

    /// <summary>Copies everything that can be read and lists the rest.</summary>
    /// <param name="source">The bytes to copy.</param>
    /// <param name="destination">The bytes to write, at least as many as <paramref name="source"/> has.</param>
    /// <param name="options">The value for lost bytes, limits, progress; <see langword="null"/>: lost bytes of the destination are not written.</param>
    /// <returns>The lost ranges, as the overload for pointers returns them.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or the spans overlap.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the bytes lost so far are filled and propagated as asked.</exception>
    public SalvageResult Salvage(ReadOnlySpan<byte> source, Span<byte> destination, SalvageOptions? options = null)
    {
        ThrowIfTooShort(source, destination);
        fixed (byte* from = source)
        fixed (byte* to = destination)
            return Salvage(from, to, (nuint)source.Length, options);
    }

    /// <summary>Copies everything that can be read and lists the rest.</summary>
    /// <param name="source">The first byte to read; any alignment.</param>
    /// <param name="destination">The first byte to write; any alignment.</param>
    /// <param name="byteCount">Bytes to copy.</param>
    /// <param name="options">The value for lost bytes, limits, progress; <see langword="null"/>: lost bytes of the destination are not written.</param>
    /// <returns>
    /// The bytes copied, and the lost ranges: the lines of known poison and, for latent poison, what the kernel reported as lost (a page or a huge page).
    /// </returns>
    /// <exception cref="ArgumentNullException">A pointer is null and <paramref name="byteCount"/> is not 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A range wraps around the address space or reaches beyond user space.</exception>
    /// <exception cref="ArgumentException">The ranges overlap.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the bytes lost so far are filled and propagated as asked.</exception>
    public SalvageResult Salvage(void* source, void* destination, nuint byteCount, SalvageOptions? options = null)
    {
        if (byteCount != 0)
            ThrowIfUnsound(source, destination, byteCount);
        return new Salvage(this, (byte*)source, (byte*)destination, options ?? new SalvageOptions()).Run(byteCount);
    }

    /// <summary>Enables or disables the short path, which counts nothing.</summary>
    internal void SetShortPath(bool open) => _short = open ? _checkedCopy : null;

    /// <summary>The bytes before the first that a map knows to be poisoned.</summary>
    private static nuint CleanBytes(nuint source, nuint byteCount) =>
        Volatile.Read(ref PoisonGate.Instance->PoisonedLines) == 0
            ? byteCount
            : PoisonRegistry.OfProcess.FirstPoisonedAddress(source, source + byteCount) - source;

    private static void ThrowIfTooShort(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < source.Length)
            throw new ArgumentException($"The destination holds {destination.Length} bytes, the source {source.Length}.", nameof(destination));
    }

    private static void ThrowIfUnsound(void* source, void* destination, nuint byteCount)
    {
        nuint from = UserSpace.Untagged((nuint)source), to = UserSpace.Untagged((nuint)destination);
        if (from == 0 || to == 0)
            ThrowUnsound(FaultRecordKind.NullPointer, from == 0 ? CopySide.Source : CopySide.Destination, byteCount);
        if (UserSpace.IsLeftBy(from, byteCount) || UserSpace.IsLeftBy(to, byteCount))
            ThrowUnsound(FaultRecordKind.Outside, UserSpace.IsLeftBy(from, byteCount) ? CopySide.Source : CopySide.Destination, byteCount);
        if (from - to < byteCount || to - from < byteCount)
            ThrowUnsound(FaultRecordKind.Overlap, CopySide.Source, byteCount);
    }

    [DoesNotReturn]
    private static void ThrowUnsound(FaultRecordKind kind, CopySide side, nuint byteCount)
    {
        string destination = "destination", name = side == CopySide.Source ? "source" : destination;
        throw kind switch
        {
            FaultRecordKind.NullPointer => new ArgumentNullException(name),
            FaultRecordKind.Outside => new ArgumentOutOfRangeException(
                nameof(byteCount), byteCount, $"The {name} range wraps around the address space or reaches beyond user space."),
            _ => new ArgumentException("The source and destination ranges overlap.", destination),
        };
    }

    private static CopyEngine MakeShared()
    {
        var engine = new CopyEngine();
        return Interlocked.CompareExchange(ref s_shared, engine, null) ?? engine;
    }

    /// <summary>Copies a block of a longer copy, whose length chooses the kernel.</summary>
    internal nuint CopyPart(byte* source, byte* destination, nuint byteCount, nuint wholeByteCount, out CopyFault fault)
    {
        CopyFault found = default;
        nuint remaining = CopyBlocks(source, destination, byteCount, wholeByteCount, &found);
        fault = found;
        return remaining;
    }

    /// <summary>Copies block by block: asks the map, calls the kernel, asks the map again, and marks what a fault revealed.</summary>
    /// <remarks>Not inlined: its call with the GC transition would put that transition's frame into every short copy.</remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private nuint CopyBlocks(byte* source, byte* destination, nuint byteCount, nuint wholeByteCount, CopyFault* fault)
    {
        if (byteCount == 0)
            return 0;
        ThrowIfUnsound(source, destination, byteCount);
        ulong mask = 0;
        bool unblocked = byteCount > LongestShortCopy && Kernel.RecoversFromFaults && MceStub.LongCopyBegins(out mask);
        nuint remaining = byteCount > CopyCounters.LongestShortCopy && EngineEventSource.Log.IsEnabled()
            ? CopySoundTraced(source, destination, byteCount, wholeByteCount, fault)
            : CopySound(source, destination, byteCount, wholeByteCount, fault);
        if (unblocked)
            MceStub.LongCopyEnds(mask);
        return remaining;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private nuint CopySoundTraced(byte* source, byte* destination, nuint byteCount, nuint wholeByteCount, CopyFault* fault)
    {
        EngineEventSource.Log.CopyStart((long)source, (long)destination, (long)byteCount);
        nuint remaining = CopySound(source, destination, byteCount, wholeByteCount, fault);
        EngineEventSource.Log.CopyStop((long)remaining);
        return remaining;
    }

    [SkipLocalsInit]
    private nuint CopySound(byte* source, byte* destination, nuint byteCount, nuint wholeByteCount, CopyFault* fault)
    {
        CopyKernel kernel = wholeByteCount >= _beyondCacheFrom ? _beyondCache : Kernel;
        nuint left = byteCount;
        do
        {
            nuint block = nuint.Min(left, BlockSize);
            long marks = Volatile.Read(ref PoisonGate.Instance->Marks);
            nuint from = UserSpace.Untagged((nuint)source), clean = CleanBytes(from, block);

            FaultRecord record;
            nuint remaining = clean != 0 ? kernel.Copy(source, destination, clean, &record) : 0;
            if (remaining != 0 || Volatile.Read(ref PoisonGate.Instance->Marks) != marks)
            {
                nuint prefix = Settle(from, clean - remaining, remaining != 0 ? &record : null, fault);
                if (prefix != clean)
                {
                    CopyCounters.CountBlock(prefix);
                    return left - prefix;
                }
            }
            CopyCounters.CountBlock(clean);
            if (clean != block)
            {
                Report(fault, KnownPoisonAt(from + clean, writtenBeyond: false));
                return left - clean;
            }
            source += block;
            destination += block;
            left -= block;
        }
        while (left != 0);
        return 0;
    }

    /// <summary>Ends a short copy that stopped, or whose arguments are bad. Not inlined, so that a clean copy keeps no registers for it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint EndShort(FaultRecord* record, CopyFault* fault)
    {
        if (record->Kind >= FaultRecordKind.NullPointer)
            ThrowUnsound(record->Kind, (CopySide)record->Side, record->Remaining);
        Report(fault, record->ToFault());
        return record->Remaining;
    }

    /// <summary>Returns the valid bytes of a copied prefix: those before poison that was marked meanwhile, or all. Marks the fault in the maps.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nuint Settle(nuint source, nuint copied, FaultRecord* record, CopyFault* fault)
    {
        if (copied != 0)
        {
            nuint beforeLate = PoisonRegistry.OfProcess.FirstPoisonedAddress(source, source + copied) - source;
            if (beforeLate != copied)
            {
                Report(fault, KnownPoisonAt(source + beforeLate, writtenBeyond: true));
                return beforeLate;
            }
        }
        if (record != null)
            Report(fault, Learn(record));
        return copied;
    }

    private static void Report(CopyFault* fault, CopyFault found)
    {
        CopyCounters.CountHit(found.Kind);
        if (EngineEventSource.Log.IsEnabled())
            EngineEventSource.Log.Hit(found);
        if (fault != null)
            *fault = found;
    }

    private static CopyFault KnownPoisonAt(nuint address, bool writtenBeyond) =>
        new(CopyFaultKind.KnownPoison, CopySide.Source, address & ~(nuint)(PoisonMap.LineSize - 1), PoisonMap.LineSize, writtenBeyond);

    /// <summary>Marks a fault in the source in every map that covers it, so that the next copy stops without a signal.</summary>
    private static CopyFault Learn(FaultRecord* record)
    {
        if ((CopySide)record->Side == CopySide.Source)
            PoisonRegistry.OfProcess.MarkEverywhere(record->Address, record->Extent);
        return record->ToFault();
    }
}
