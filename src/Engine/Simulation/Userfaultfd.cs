namespace CopyMc.Simulation;

/// <summary>
/// A userfaultfd of a process (<c>userfaultfd(2)</c>, <c>fs/userfaultfd.c</c>, <c>mm/userfaultfd.c</c>). An access that it reports waits: the result
/// has the reason, and the access can be tried again after the holder has resolved the fault. Not thread-safe.
/// </summary>
public sealed class Userfaultfd
{
    private readonly AddressSpace _space;

    internal Userfaultfd(AddressSpace space, UserfaultfdFeatures features, bool isUserModeOnly) =>
        (_space, Features, IsUserModeOnly) = (space, features, isUserModeOnly);

    /// <summary>The requested features.</summary>
    public UserfaultfdFeatures Features { get; }

    /// <summary>Whether only accesses in user mode are reported.</summary>
    public bool IsUserModeOnly { get; }

    /// <summary>Registers the areas of a range (<c>UFFDIO_REGISTER</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; a multiple of 4096.</param>
    /// <param name="modes">The faults to report.</param>
    /// <returns>
    /// <see cref="Errno.EINVAL"/> for memory that cannot be registered in this way, <see cref="Errno.EPERM"/> for a shared mapping that cannot be
    /// made writable, <see cref="Errno.EBUSY"/> for an area that is registered with another userfaultfd.
    /// </returns>
    public SystemCallResult Register(ulong address, ulong length, UserfaultfdModes modes) => _space.RegisterUserfaultfd(this, address, length, modes);

    /// <summary>Ends the registration of a range, and with it the write protection; markers of poison stay (<c>UFFDIO_UNREGISTER</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; a multiple of 4096.</param>
    /// <returns>Done, or the errno.</returns>
    public SystemCallResult Unregister(ulong address, ulong length) => _space.UnregisterUserfaultfd(this, address, length);

    /// <summary>Marks absent pages as poisoned (<c>UFFDIO_POISON</c>, Linux 6.6): an access to them is SIGBUS, also after the registration has ended.</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; a multiple of 4096.</param>
    /// <returns><see cref="Errno.EEXIST"/> if the first page is not absent; <see cref="Errno.EAGAIN"/> if a later one is not, after the earlier ones were marked.</returns>
    public SystemCallResult Poison(ulong address, ulong length) => _space.FillMissing(this, address, length, Filling.Poison);

    /// <summary>Maps zeros at absent pages (<c>UFFDIO_ZEROPAGE</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; a multiple of 4096.</param>
    /// <returns>As <see cref="Poison"/>.</returns>
    public SystemCallResult ZeroPage(ulong address, ulong length) => _space.FillMissing(this, address, length, Filling.Zero);

    /// <summary>Maps the pages that the page cache has (<c>UFFDIO_CONTINUE</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; a multiple of 4096.</param>
    /// <returns>As <see cref="Poison"/>; <see cref="Errno.EFAULT"/> if a page is not in the page cache.</returns>
    public SystemCallResult Continue(ulong address, ulong length) => _space.FillMissing(this, address, length, Filling.Continue);

    /// <summary>Fills absent pages (<c>UFFDIO_COPY</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="content">What they hold; whole pages.</param>
    /// <returns>As <see cref="Poison"/>.</returns>
    public SystemCallResult Copy(ulong address, ReadOnlySpan<byte> content) => _space.FillMissing(this, address, (ulong)content.Length, Filling.Copy, content);

    /// <summary>Protects pages from stores, or releases them (<c>UFFDIO_WRITEPROTECT</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; a multiple of 4096.</param>
    /// <param name="protect">Whether to protect the pages, or to release them.</param>
    /// <returns><see cref="Errno.ENOENT"/> if the range is not registered for write protection.</returns>
    public SystemCallResult WriteProtect(ulong address, ulong length, bool protect = true) => _space.UffdWriteProtect(this, address, length, protect);

    /// <summary>Ends all registrations (<c>close(2)</c>).</summary>
    /// <returns>Done, always.</returns>
    public SystemCallResult Close() => _space.CloseUserfaultfd(this);

    internal Userfaultfd ForChild(AddressSpace child) => new(child, Features, IsUserModeOnly);
}
