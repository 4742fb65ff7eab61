namespace CopyMc;

/// <summary>
/// A copy routine: its name, the CPU features it needs, and a function. Kernels do not read poison maps; <see cref="CopyEngine"/> does.
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

    /// <summary>The kernels for all platforms, including those that cannot run here.</summary>
    public static IReadOnlyList<CopyKernel> All => KernelCatalog.All;

    /// <summary>The kernels that can run here, in order of preference.</summary>
    public static IReadOnlyList<CopyKernel> Available => KernelCatalog.Available;

    /// <summary>The name, as <c>COPYMC_KERNEL</c> takes it.</summary>
    public string Name { get; }

    /// <summary>The instruction set it needs.</summary>
    public string Isa { get; }

    /// <summary>Whether it survives a fault in the source or the destination and reports where it stopped.</summary>
    public bool RecoversFromFaults { get; }

    /// <summary>Whether it writes around the cache.</summary>
    public bool IsStreaming { get; }

    /// <summary>Whether it can run here.</summary>
    public bool IsSupported => UnsupportedReason is null;

    /// <summary>Why it cannot run here; <see langword="null"/> if it can.</summary>
    public string? UnsupportedReason { get; }

    /// <summary>The address of the stub's function; 0 for a managed kernel.</summary>
    internal nint NativeFunction { get; }

    /// <summary>The address of the stub's short copy with this kernel and the checks of the contract; 0 for a managed kernel.</summary>
    internal nint CheckedFunction { get; }

    /// <summary>Finds a kernel by its name, whether or not it can run here.</summary>
    /// <param name="name">A name from <see cref="All"/>, in any case.</param>
    /// <exception cref="ArgumentException">No kernel has that name; the message lists the kernels.</exception>
    public static CopyKernel Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return KernelCatalog.TryFind(name) ?? throw new ArgumentException(KernelCatalog.DescribeUnknown(name), nameof(name));
    }

    /// <inheritdoc/>
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
