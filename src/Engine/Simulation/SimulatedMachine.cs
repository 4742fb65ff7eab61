namespace CopyMc.Simulation;

/// <summary>
/// A machine with real bytes in its pages, in one native region: frames, page tables, address spaces, swap, a page cache, and the state of the
/// kernel that a collapse depends on.
/// </summary>
/// <remarks>
/// <para>
/// Only touched memory takes up memory of the process: 24 bytes for a frame, 8 for a page table's entry, and the content. A
/// <see cref="CopyEngine"/> copies the content, so known and latent poison in the region stops a copy, as in the kernel.
/// </para>
/// <para>
/// Not thread-safe: the caller interleaves concurrent actions between the steps of a collapse. A call that would wait for a lock returns a
/// <see cref="WaitReason"/> and changes nothing.
/// </para>
/// </remarks>
public sealed class SimulatedMachine : IDisposable
{
    /// <summary>Bytes of the smallest machine: the pages that are collapsed, and the huge page that they become.</summary>
    public const int LeastMemory = 2 * NativeRegion.HugePageSize;

    // Nobody reads a collapsed page soon: collapse and first read together are faster with streaming stores (docs/performance.md).
    private static readonly Lazy<CopyEngine> s_streaming = new(() => new CopyEngine(new CopyEngineOptions { Hint = CopyHint.Streaming }));

    private PhysicalMemory? _memory;
    private readonly List<AnonVma> _anonVmas = [];
    private readonly List<SimulatedFile> _files = [];
    private readonly Dictionary<uint, SimulatedFile> _filesByNumber = [];
    private uint _lastFile;
    private readonly List<AddressSpace> _processes = [];
    private readonly List<AddressSpace> _scanned = [];
    private long _lastKhugepagedTurn;
    private readonly HashSet<uint> _locked = [];

    /// <summary>Builds a machine.</summary>
    /// <param name="memory">Bytes of memory: whole huge pages, at least <see cref="LeastMemory"/>, at most 8 TiB.</param>
    /// <param name="options">The other settings; <see langword="null"/>: the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="memory"/> is too little, too much, or not whole huge pages.</exception>
    /// <exception cref="IOException">The system refused the address space.</exception>
    public SimulatedMachine(nuint memory, SimulatedMachineOptions? options = null)
    {
        if (memory < LeastMemory)
        {
            throw new ArgumentOutOfRangeException(
                nameof(memory), memory, $"A huge page and the pages it is made from need at least {LeastMemory} bytes.");
        }
        if (memory % NativeRegion.HugePageSize != 0)
            throw new ArgumentOutOfRangeException(nameof(memory), memory, $"Memory comes in whole huge pages of {NativeRegion.HugePageSize} bytes.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(memory, (nuint)8 << 40);

        Options = options ?? new SimulatedMachineOptions();
        (ThpEnabled, ShmemEnabled, HugePagesAtFault) = (Options.Enabled, Options.ShmemEnabled, Options.HugePagesAtFault);
        ArgumentOutOfRangeException.ThrowIfNegative(Options.SwapPages);
        Behavior = (Options.Kernel ?? throw new ArgumentException("A kernel is modelled.", nameof(options))).Behavior;
        _memory = new PhysicalMemory(memory, Options.Engine ?? CopyEngine.Shared, Options.Engine ?? s_streaming.Value);
        Counters = _memory.Counters;
        Swap = new SwapArea(Options.SwapPages);
        RootCgroup = NewCgroup();
        MemoryFailure = new MemoryFailure(this);
    }

    /// <summary>The settings of the machine.</summary>
    public SimulatedMachineOptions Options { get; }

    /// <summary>The kernel whose behaviour is modelled.</summary>
    public KernelVersion Kernel => Options.Kernel;

    /// <summary>The behaviour of the kernel where kernels differ.</summary>
    public KernelBehavior Behavior { get; }

    /// <summary>The poisoned frame whose copy stopped the machine: see <see cref="KernelPanicException"/>; <see langword="null"/>: it has not panicked.</summary>
    public uint? PanicFrame { get; private set; }

    /// <summary>Which anonymous memory and read-only files may have huge pages (<c>transparent_hugepage/enabled</c>); can be changed at any time.</summary>
    public ThpMode ThpEnabled { get; set; }

    /// <summary>Which shmem may have huge pages (<c>transparent_hugepage/shmem_enabled</c>); can be changed at any time.</summary>
    public ThpMode ShmemEnabled { get; set; }

    /// <summary>Whether a first access may be answered with a huge page; can be changed at any time.</summary>
    public bool HugePagesAtFault { get; set; }

    /// <summary>The counters.</summary>
    public VmCounters Counters { get; }

    /// <summary>The group that everything belongs to that is given no other. Its limit is none.</summary>
    public MemoryCgroup RootCgroup { get; }

    /// <summary>The address spaces, the oldest first.</summary>
    public IReadOnlyList<AddressSpace> Processes => _processes;

    /// <summary>The files, the oldest first.</summary>
    public IReadOnlyList<SimulatedFile> Files => _files;

    /// <summary>Handles poisoned frames.</summary>
    public MemoryFailure MemoryFailure { get; }

    /// <summary>The memory: byte n of frame p is byte 4096 p + n. Its map marks known poison.</summary>
    public NativeRegion Content => Memory.Content;

    /// <summary>Frames that are free.</summary>
    public long FreeFrames => Memory.FreeFrames;

    /// <summary>Called at each <see cref="FailurePoint"/>; returns whether to fail there. <see langword="null"/>: no failure is injected.</summary>
    public Func<FailurePoint, bool>? FailureInjection
    {
        get => Memory.FailureInjection;
        set => Memory.FailureInjection = value;
    }

    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    /// <exception cref="KernelPanicException">The machine has stopped.</exception>
    internal PhysicalMemory Memory
    {
        get
        {
            ThrowIfGone();
            return _memory!;
        }
    }

    /// <summary>Whether it is disposed or has panicked.</summary>
    internal bool IsGone => _memory is null || PanicFrame is not null;

    internal SwapArea Swap { get; }

    internal IReadOnlyList<AnonVma> AnonVmas => _anonVmas;

    /// <summary>The processes that khugepaged scans, in the order of their registration.</summary>
    internal IReadOnlyList<AddressSpace> ScannedByKhugepaged => _scanned;

    /// <summary>The folios that <see cref="TryLockPage"/> locked.</summary>
    internal IReadOnlySet<uint> LockedByOthers => _locked;

    /// <summary>Adds a memory control group.</summary>
    /// <returns>The group, without a limit.</returns>
    /// <exception cref="InvalidOperationException">There are 255 already.</exception>
    public MemoryCgroup NewCgroup()
    {
        // Number 0 means that a folio is not charged.
        if (Memory.Cgroups.Count == 0)
            Memory.Cgroups.Add(new MemoryCgroup(0));
        if (Memory.Cgroups.Count > byte.MaxValue)
            throw new InvalidOperationException("A machine has at most 255 memory control groups.");
        var cgroup = new MemoryCgroup((byte)Memory.Cgroups.Count);
        Memory.Cgroups.Add(cgroup);
        return cgroup;
    }

    /// <summary>Starts a process with nothing mapped.</summary>
    /// <param name="cgroup">The group that its pages are charged to; <see langword="null"/>: <see cref="RootCgroup"/>.</param>
    /// <returns>The process's memory.</returns>
    /// <exception cref="ArgumentException">The group is another machine's.</exception>
    public AddressSpace NewProcess(MemoryCgroup? cgroup = null)
    {
        // Higher than the numbers of all processes, by which scans go through them.
        var process = new AddressSpace(this, _processes.Count == 0 ? 0 : _processes[^1].Number + 1, Own(cgroup));
        _processes.Add(process);
        return process;
    }

    /// <summary>Creates a file of zeros.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="isShmem">Whether its content is in memory and swap (a memfd, tmpfs) instead of on the simulated disk.</param>
    /// <param name="cgroup">The group that its pages are charged to; <see langword="null"/>: <see cref="RootCgroup"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is more than <see cref="SimulatedFile.MaxLength"/>.</exception>
    /// <returns>The file, with an empty page cache.</returns>
    /// <exception cref="ArgumentException">The group is another machine's.</exception>
    public SimulatedFile NewFile(ulong length, bool isShmem, MemoryCgroup? cgroup = null) => NewFile(length, isShmem, isUnnamed: false, cgroup);

    internal SimulatedFile NewFile(ulong length, bool isShmem, bool isUnnamed, MemoryCgroup? cgroup)
    {
        var file = new SimulatedFile(this, ++_lastFile, length, isShmem, Own(cgroup)) { IsUnnamed = isUnnamed };
        _files.Add(file);
        _filesByNumber.Add(file.Number, file);
        return file;
    }

    /// <summary>Poisons one line of a frame.</summary>
    /// <param name="pfn">The frame.</param>
    /// <param name="line">0 to 63.</param>
    /// <param name="source">The source: <see cref="PoisonSource.Bitmap"/> poisons only the line, the others make the whole frame raise real faults.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame or line.</exception>
    /// <exception cref="PlatformNotSupportedException">The source does not work here.</exception>
    public void Poison(uint pfn, int line, PoisonSource source = PoisonSource.Bitmap)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, Memory.FrameCount);
        ArgumentOutOfRangeException.ThrowIfNegative(line);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(line, NativeRegion.PageSize / PoisonMap.LineSize);
        PoisonInjector.Inject(Content, (nuint)pfn * NativeRegion.PageSize + (nuint)(line * PoisonMap.LineSize), source);
    }

    /// <summary>Locks a page, as reading it in or writing it out does (<c>folio_trylock</c>).</summary>
    /// <param name="pfn">The number of the frame.</param>
    /// <returns>False if it is locked already, or the frame has no owner.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public bool TryLockPage(uint pfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pfn, Memory.FrameCount);
        uint head = Memory.HeadOf(pfn);
        if (!(Memory.IsAnonymous(head) || Memory.IsInPageCache(head)) || !Memory.TryLock(head))
            return false;
        // A page cache's page stays while it is locked; anonymous memory needs a reference for that.
        if (Memory.IsAnonymous(head))
            Memory.Get(head);
        _locked.Add(head);
        return true;
    }

    /// <summary>Unlocks a page that <see cref="TryLockPage"/> locked. Does nothing to other pages.</summary>
    /// <param name="pfn">The number of the frame.</param>
    public void UnlockPage(uint pfn)
    {
        uint head = Memory.HeadOf(pfn);
        if (!_locked.Remove(head))
            return;
        Memory.Unlock(head);
        if (Memory.IsAnonymous(head))
            Memory.Put(head);
    }

    /// <summary>The folios of an LRU list, by their first frame, the most recently used first.</summary>
    /// <param name="anonymous">Whether it is the list of anonymous memory, or of files.</param>
    /// <returns>The numbers of the frames.</returns>
    public IEnumerable<uint> Lru(bool anonymous) => Memory.Lru(anonymous);

    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    /// <exception cref="KernelPanicException">The machine has stopped.</exception>
    internal void ThrowIfGone()
    {
        if (PanicFrame is { } frame)
            throw new KernelPanicException(Kernel, frame);
        ObjectDisposedException.ThrowIf(_memory is null, this);
    }

    /// <summary>Stops the machine, for a machine check in kernel mode in a copy that does not recover.</summary>
    internal KernelPanicException Panic(uint frame)
    {
        PanicFrame = frame;
        foreach (AddressSpace process in _processes)
            process.Lock.Close(this);
        return new KernelPanicException(Kernel, frame);
    }

    /// <summary>Frees the memory. Processes have ended afterwards, and calls that would access memory throw.</summary>
    public void Dispose()
    {
        if (_memory is null)
            return;
        foreach (AddressSpace process in _processes)
            process.Close();
        foreach (SimulatedFile file in _files)
            file.Close();
        _memory.Dispose();
        _memory = null;
        Swap.Dispose();
    }

    private MemoryCgroup Own(MemoryCgroup? cgroup)
    {
        if (cgroup is null)
            return RootCgroup;
        if (cgroup.Number >= Memory.Cgroups.Count || Memory.Cgroups[cgroup.Number] != cgroup)
            throw new ArgumentException("The group is another machine's.", nameof(cgroup));
        return cgroup;
    }

    internal AnonVma NewAnonVma(AnonVma? parent = null)
    {
        var anonVma = new AnonVma((uint)_anonVmas.Count, parent);
        _anonVmas.Add(anonVma);
        return anonVma;
    }

    /// <summary>Registers a process with khugepaged, if an area of it may have huge pages (<c>khugepaged_enter_vma</c>).</summary>
    internal void EnterKhugepaged(Vma area) => EnterKhugepaged(area, area.Flags);

    /// <summary>The same of an area whose flags are about to change.</summary>
    internal void EnterKhugepaged(Vma area, VmaFlags flags)
    {
        if (!area.Space.IsKnownToKhugepaged && ThpEligibility.Allows(area, flags, enforceSettings: true))
            EnterKhugepaged(area.Space);
    }

    internal void EnterKhugepaged(AddressSpace space)
    {
        space.KhugepagedTurn = ++_lastKhugepagedTurn;
        _scanned.Add(space);
    }

    internal SimulatedFile FileOf(uint number) => _filesByNumber[number];

    internal void Remove(SimulatedFile file)
    {
        _files.Remove(file);
        _filesByNumber.Remove(file.Number);
    }

    internal void Remove(AddressSpace process)
    {
        _processes.Remove(process);
        _scanned.Remove(process);
    }
}
