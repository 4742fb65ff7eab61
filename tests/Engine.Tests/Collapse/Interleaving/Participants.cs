using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Interleaving;

/// <summary>The processes and files of one schedule, their actions, and the content that each of their pages must have.</summary>
internal sealed class Participants(TestMachine test, Random random, Action<string> note)
{
    private const int Pages = TestMachine.Pages;

    private readonly SimulatedMachine _machine = test.Machine;
    private readonly List<ParticipantMemory> _memories = [];
    private readonly HashSet<uint> _poisoned = [];
    private SimulatedFile? _file;
    private FileShadow? _fileShadow;
    private uint _value = 1;

    internal void SetUp()
    {
        bool ofFile = random.Next(2) == 0;
        int every = random.Next(4) switch { 0 => 2, 1 => 50, _ => 1 };
        note($"{(ofFile ? "a file" : "anonymous memory")}, every {every}. page written");
        if (ofFile)
        {
            bool isShmem = random.Next(2) == 0;
            _file = _machine.NewFile(TestMachine.HugePage, isShmem);
            _fileShadow = new FileShadow(_file);
            for (int page = 0; page < Pages; page += every)
                WriteFile(page);
            if (!isShmem)
                _file.WriteBack();
        }
        int processes = ofFile ? 1 + random.Next(2) : 1;
        for (int i = 0; i < processes; i++)
        {
            AddressSpace process = i == 0 ? test.Process : _machine.NewProcess();
            // One mapping in four of a regular file is writable, so that the file is not collapsed.
            Protection access = _file is { IsShmem: false } && random.Next(4) != 0 ? Protection.Read : Protection.ReadWrite;
            ulong start = _file is null
                ? process.Map(TestMachine.HugePage, advice: Advice.HugePage)
                : process.MapFile(_file, 0, TestMachine.HugePage, access, advice: Advice.HugePage);
            _memories.Add(new ParticipantMemory(process, start, _fileShadow));
        }
        for (int page = 0; page < Pages && _file is null; page += every)
            Fill(page);
        if (every > 1 && _file is null)
        {
            for (int page = 1; page < Pages; page += every)
                ReadBack(_memories[0], page);
        }
        for (int i = random.Next(5); i > 0; i--)
            Act();
    }

    internal CollapseOperation StartCollapse()
    {
        ParticipantMemory memory = _memories[random.Next(_memories.Count)];
        // Stopping between pages tests more interleavings, and takes 50 times as long.
        var options = new CollapseOptions
        {
            Limits = random.Next(2) == 0 ? null : new CollapseLimits(MaxPtesSwap: random.Next(2) * 64),
            StopBetweenPages = random.Next(100) == 0,
        };
        note($"collapse of process {memory.Process.Number}, khugepaged: {options.Limits is not null}, between pages: {options.StopBetweenPages}");
        return _file is null
            ? new AnonymousCollapse(memory.Process, memory.Start, options)
            : new FileCollapse(_machine, _file, 0, options);
    }

    internal void Act()
    {
        ParticipantMemory memory = _memories[random.Next(_memories.Count)];
        int page = random.Next(Pages);
        switch (random.Next(18))
        {
            case 0 or 1 or 2:
                Write(memory, page);
                break;
            case 3 or 4 or 5:
                note($"read {page} of process {memory.Process.Number}: {ReadBack(memory, page)}");
                break;
            case 6 when _file is null && _memories.Count < 3:
                Fork(memory);
                break;
            case 7 when _memories.Count > 1:
                Exit(memory);
                break;
            case 8:
                Drop(memory, page, 1 + random.Next(8));
                break;
            case 9 or 10:
                int count = 1 + random.Next(40);
                ulong length = (ulong)int.Min(count, Pages - page) * TestMachine.Page;
                note($"page out {page} to {page + count} of process {memory.Process.Number}: {memory.Process.Madvise(memory.AddressOf(page), length, Advice.PageOut)}");
                break;
            case 11:
                note($"pin {page} of process {memory.Process.Number}: {memory.Process.TryPin(memory.AddressOf(page), out _)}");
                break;
            case 12 or 13:
                int pins = memory.Process.Pins.Count;
                note($"unpin one of {pins} in process {memory.Process.Number}");
                if (pins > 0)
                    memory.Process.Pins[random.Next(pins)].Dispose();
                break;
            case 14 when random.Next(4) == 0:
                Poison(memory, page);
                break;
            case 15:
                note("memory failure");
                _machine.MemoryFailure.RunPending();
                break;
            case 16 when _file is not null:
                ChangeFile(page);
                break;
            case 17:
                note($"reclaim one: {Reclaim.TryReclaimOne(_machine, anonymous: _file is null)}");
                break;
        }
    }

    internal void CheckAllContent()
    {
        // No lock is held now, so memory failure can handle all pending frames.
        _machine.MemoryFailure.RunPending();
        foreach (ParticipantMemory memory in _memories)
        {
            for (int page = 0; page < Pages; page++)
                ReadBack(memory, page);
        }
    }

    internal void TearDown()
    {
        foreach (ParticipantMemory memory in _memories)
        {
            if (memory.Process != test.Process)
                Assert.Equal(SystemCallResult.Done, memory.Process.Exit());
        }
        test.StartAnew();
        // Frames without an owner are free now, and memory failure can handle them.
        _machine.MemoryFailure.RunPending();
        Assert.Equal(0, _machine.MemoryFailure.PendingCount);
        for (uint pfn = 0; pfn < _machine.Memory.FrameCount; pfn++)
        {
            if (_poisoned.Contains(pfn) || IsHwPoison(pfn))
                _machine.MemoryFailure.Unpoison(pfn);
        }
    }

    private unsafe bool IsHwPoison(uint pfn) => _machine.Memory.Frames[pfn].Has(PageFlags.HwPoison);

    private void Write(ParticipantMemory memory, int page)
    {
        uint value = ++_value;
        AccessResult result = memory.Process.Write(memory.AddressOf(page), BitConverter.GetBytes(value));
        note($"write {value} to {page} of process {memory.Process.Number}: {result}");
        if (result.IsDone)
            memory.Set(page, value);
        else
            Excuse(memory, page, result);
    }

    private void Fill(int page)
    {
        uint value = ++_value;
        Assert.Equal(AccessResult.Done, _memories[0].Process.Write(_memories[0].AddressOf(page), BitConverter.GetBytes(value)));
        _memories[0].Set(page, value);
    }

    private AccessResult ReadBack(ParticipantMemory memory, int page)
    {
        var bytes = new byte[sizeof(uint)];
        AccessResult result = memory.Process.Read(memory.AddressOf(page), bytes);
        if (!result.IsDone)
            Excuse(memory, page, result);
        else if (!memory.IsTainted(page))
            Assert.True(memory.Get(page) == BitConverter.ToUInt32(bytes), $"page {page} of process {memory.Process.Number} holds {BitConverter.ToUInt32(bytes)}, not {memory.Get(page)}");
        return result;
    }

    /// <summary>An access may fail for poison, for a lock, for lack of memory, or beyond the end of the file; for nothing else.</summary>
    private void Excuse(ParticipantMemory memory, int page, AccessResult result)
    {
        bool excused = result.Outcome switch
        {
            AccessOutcome.Waits or AccessOutcome.OutOfMemory => true,
            AccessOutcome.AccessError => _file is { IsShmem: false },
            AccessOutcome.BusAddressError or AccessOutcome.MemoryError => memory.IsTainted(page) || IsPoisoned(memory, page) || (_file is not null && (ulong)page >= _file.LengthInPages),
            _ => false,
        };
        Assert.True(excused, $"page {page} of process {memory.Process.Number}: {result}");
    }

    private bool IsPoisoned(ParticipantMemory memory, int page)
    {
        Pte entry = memory.Process.EntryAt(memory.AddressOf(page));
        uint pfn = entry.IsPresent ? entry.Pfn : _file?.SlotAt((uint)page) is { IsPage: true } slot ? slot.Pfn : Frame.Null;
        return entry.IsHwPoison || (pfn != Frame.Null && _poisoned.Contains(pfn));
    }

    private void Fork(ParticipantMemory memory)
    {
        SystemCallResult result = memory.Process.Fork(out AddressSpace? child);
        note($"fork of process {memory.Process.Number}: {result}");
        if (result.IsDone)
            _memories.Add(memory.Copy(child!));
    }

    private void Exit(ParticipantMemory memory)
    {
        // The machine starts the next run with the first process.
        if (memory.Process == test.Process)
            return;
        SystemCallResult result = memory.Process.Exit();
        note($"exit of process {memory.Process.Number}: {result}");
        if (result.IsDone)
            _memories.Remove(memory);
    }

    private void Drop(ParticipantMemory memory, int page, int count)
    {
        if (random.Next(10) == 0)
            (page, count) = (0, Pages);
        count = int.Min(count, Pages - page);
        SystemCallResult result = memory.Process.Madvise(memory.AddressOf(page), (ulong)count * TestMachine.Page, Advice.DontNeed);
        note($"drop {page} to {page + count} of process {memory.Process.Number}: {result}");
        for (int i = page; i < page + count && result.IsDone && _file is null; i++)
        {
            // While the page table is unlinked, there is nothing to drop.
            memory.Set(i, 0);
        }
    }

    private void Poison(ParticipantMemory memory, int page)
    {
        Pte entry = memory.Process.EntryAt(memory.AddressOf(page));
        if (!entry.IsPresent || entry.Pfn == _machine.Memory.ZeroFrame)
            return;
        _machine.Poison(entry.Pfn, random.Next(64));
        _poisoned.Add(entry.Pfn);
        note($"poison in {page} of process {memory.Process.Number}");
        foreach (ParticipantMemory other in _memories)
        {
            if (other.Process.EntryAt(other.AddressOf(page)).Pfn == entry.Pfn)
                other.Taint(page);
        }
    }

    private void WriteFile(int page)
    {
        uint value = ++_value;
        SystemCallResult result = _file!.Write((ulong)page * TestMachine.Page, BitConverter.GetBytes(value));
        if (_memories.Count > 0)
            note($"write {value} to {page} of the file: {result}");
        if (result.IsDone)
            _fileShadow!.Values[page] = value;
    }

    private void ChangeFile(int page)
    {
        switch (random.Next(5))
        {
            case 0:
                WriteFile(page);
                break;
            case 1:
                int count = int.Min(1 + random.Next(20), Pages - page);
                SystemCallResult punched = _file!.PunchHole((uint)page, (uint)count);
                note($"punch {page} to {page + count}: {punched}");
                if (punched.IsDone)
                    _fileShadow!.Clear(page, page + count);
                break;
            case 2:
                bool shorter = (ulong)page <= _file!.LengthInPages;
                SystemCallResult truncated = _file.Truncate((ulong)page * TestMachine.Page);
                note($"truncate to {page}: {truncated}");
                // Bytes written beyond the end, through a huge mapping, are still there when the file grows.
                if (truncated.IsDone && shorter)
                    _fileShadow!.Clear(page, Pages);
                break;
            case 3:
                note($"truncate to all: {_file!.Truncate(TestMachine.HugePage)}");
                break;
            default:
                note("write back");
                _file!.WriteBack();
                break;
        }
    }
}
