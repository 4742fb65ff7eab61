namespace CopyMc;

/// <summary>
/// A routine that copies bytes: its name, and the CPU features that it needs. Kernels do not read poison maps; a <see cref="CopyEngine"/> does.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed unsafe class CopyKernel
{
    private readonly delegate*<byte*, byte*, nuint, nuint> _managed;

    internal CopyKernel(string name, string isa, bool isSupported, delegate*<byte*, byte*, nuint, nuint> copy, bool isStreaming = false)
    {
        Name = name;
        Isa = isa;
        IsStreaming = isStreaming;
        UnsupportedReason = isSupported ? null : $"{isa} is not available in this process.";
        _managed = copy;
    }

    internal CopyKernel(string name, string isa, string? missing, nint function, nint checkedFunction, bool isStreaming = false)
    {
        Name = name;
        Isa = isa;
        IsStreaming = isStreaming;
        RecoversFromFaults = true;
        UnsupportedReason = missing;
        NativeFunction = function;
        CheckedFunction = checkedFunction;
    }

    /// <summary>The kernels for all platforms, including those that cannot run on this machine.</summary>
    public static IReadOnlyList<CopyKernel> All => KernelCatalog.All;

    /// <summary>The kernels that can run on this machine, in order of preference.</summary>
    public static IReadOnlyList<CopyKernel> Available => KernelCatalog.Available;

    /// <summary>The name, as <c>COPYMC_KERNEL</c> takes it.</summary>
    public string Name { get; }

    /// <summary>The instruction set that the kernel needs, for people to read.</summary>
    public string Isa { get; }

    /// <summary>Whether the kernel survives a fault in the source or the destination, and reports where it stopped.</summary>
    public bool RecoversFromFaults { get; }

    /// <summary>Whether the kernel writes long copies around the cache (non-temporal stores).</summary>
    public bool IsStreaming { get; }

    /// <summary>Whether the kernel can run on this machine.</summary>
    public bool IsSupported => UnsupportedReason is null;

    /// <summary>Why the kernel cannot run on this machine; <see langword="null"/> if it can.</summary>
    public string? UnsupportedReason { get; }

    /// <summary>The address of the stub's function; 0 for a managed kernel.</summary>
    internal nint NativeFunction { get; }

    /// <summary>The address of the stub's short copy with this kernel and the checks of the contract; 0 for a managed kernel.</summary>
    internal nint CheckedFunction { get; }

    /// <summary>Finds a kernel by its name, whether or not it can run on this machine.</summary>
    /// <param name="name">A name from <see cref="All"/>, in upper or lower case.</param>
    /// <returns>The kernel of that name.</returns>
    /// <exception cref="ArgumentException">No kernel has that name; the message lists the kernels.</exception>
    public static CopyKernel Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return KernelCatalog.TryFind(name) ?? throw new ArgumentException(KernelCatalog.DescribeUnknown(name), nameof(name));
    }

    /// <summary>The name of the kernel.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;

    /// <summary>Copies strictly forward and returns the bytes not copied. Writes the record only if that is not 0.</summary>
    internal nuint Copy(byte* source, byte* destination, nuint byteCount, FaultRecord* record)
    {
        if (NativeFunction == 0)
            return _managed(source, destination, byteCount);
        // With the GC transition, so that the copy does not delay a collection.
        return ((delegate* unmanaged<byte*, byte*, nuint, FaultRecord*, nuint>)NativeFunction)(destination, source, byteCount, record);
    }
}
