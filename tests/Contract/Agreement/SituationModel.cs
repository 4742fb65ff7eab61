using System.Globalization;
using System.Runtime.InteropServices;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Contract.Agreement;

/// <summary>Runs a situation on the simulated machine, through its system calls and accesses, and answers in the format of the probe.</summary>
public sealed partial class SituationModel : IDisposable
{
    private const ulong Base = 1UL << 40, Page = NativeRegion.PageSize, HugePage = NativeRegion.HugePageSize;
    private const int PatternWords = NativeRegion.PageSize / sizeof(ulong);

    private readonly SimulatedMachine _machine;
    private readonly List<AddressSpace> _processes = [];
    private readonly Dictionary<string, SimulatedFile> _files = [];
    private readonly Dictionary<(AddressSpace Process, string Range), List<PinnedPage>> _pins = [];
    private readonly Dictionary<AddressSpace, Userfaultfd> _userfaultfds = [];
    private readonly HashSet<string> _special = [];
    private readonly CollapseInvariants _invariants;
    private MemoryCgroup? _cgroup;
    private readonly byte[] _page = new byte[Page];

    private SituationModel(KernelVersion kernel, bool usesZeroPage)
    {
        _machine = new SimulatedMachine((nuint)32 << 21, new SimulatedMachineOptions
        {
            Kernel = kernel,
            SwapPages = 8192,
            ShmemEnabled = ThpMode.Never,
            HugePagesAtFault = true,
            ReadOnlyFileThp = false,
            UseZeroPage = usesZeroPage,
        });
        _processes.Add(_machine.NewProcess());
        _invariants = new CollapseInvariants(_machine);
    }

    /// <summary>Returns the answers, one for each operation.</summary>
    /// <param name="situation">The situation.</param>
    /// <param name="kernel">The kernel that is modelled.</param>
    /// <param name="usesZeroPage">Whether the kernel has a zero page.</param>
    /// <param name="checksInvariants">Whether the machine's invariants are checked after each operation; a violation becomes the answer.</param>
    public static IReadOnlyList<string> Run(Situation situation, KernelVersion kernel, bool usesZeroPage = true, bool checksInvariants = true)
    {
        using var model = new SituationModel(kernel, usesZeroPage);
        var answers = new List<string>();
        foreach (SituationOperation operation in situation.Operations)
        {
            string answer = model.Execute(operation.Text, answers.Count + 1);
            IReadOnlyList<string> violations = checksInvariants ? model._invariants.Violations() : [];
            answers.Add(violations.Count == 0 ? answer : $"{answer}; {string.Join("; ", violations.Take(3))}");
        }
        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _machine.Dispose();

    private string Execute(string text, int number)
    {
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        AddressSpace process = _processes[colon < 0 ? 0 : int.Parse(text[..colon], CultureInfo.InvariantCulture)];
        string[] words = text[(colon < 0 ? 0 : colon + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool Has(string word) => Array.IndexOf(words, word, 1) >= 0;
        (ulong start, ulong length) = words.Length > 1 && char.IsAsciiDigit(words[1][0]) ? Range(words[1]) : default;
        switch (words[0])
        {
            case "mmap":
                return Answer(Mmap(process, words, start, length));
            case "munmap":
                return Answer(process.Munmap(start, length));
            case "mprotect":
                return Answer(process.Mprotect(start, length, ProtectionOf(words)));
            case "madvise":
                Advice advice = Enum.Parse<Advice>(words[2].Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
                SystemCallResult advised = process.Madvise(start, length, advice);
                // As the probe does.
                for (int again = 0; again < 3 && advice == Advice.PageOut && advised.IsDone; again++)
                    advised = process.Madvise(start, length, advice);
                return Answer(advised);
            case "collapse":
                return Collapse(process, start, length);
            case "hwpoison":
                for (ulong at = start; at < start + length; at += Page)
                    _ = _machine.MemoryFailure.Handle(process.EntryAt(at).Pfn);
                return "ok";
            case "memcg":
                return UseMemoryCgroup(words[1]);
            case "mremap":
                (ulong to, ulong newLength) = Range(words[2]);
                return Answer(process.Mremap(
                    start, length, newLength, RemapFlags.MayMove | RemapFlags.Fixed | (Has("dontunmap") ? RemapFlags.DontUnmap : 0), to));
            case "mlock":
                return Answer(process.Mlock(start, length, Has("onfault")));
            case "munlock":
                return Answer(process.Munlock(start, length));
            case "mseal":
                return Answer(process.Mseal(start, length));
            case "write":
                return ForEachPage(start, length, at => Describe(process.Write(at, Stamp(number, at)), "ok"));
            case "read":
                return ForEachPage(start, length, at => Describe(process.Read(at, _page), Content(at)));
            case "memfd" or "disk" or "secret":
                _files[words[1]] = _machine.NewFile(Pages(words[2]) * Page, words[0] == "memfd", _cgroup);
                _files[words[1]].IsOpenForWrite = words[0] == "disk";
                if (words[0] == "secret")
                    _special.Add(words[1]);
                return "ok";
            case "reopen":
                _files[words[1]].IsOpenForWrite = false;
                _files[words[1]].WriteBack();
                return "ok";
            case "ftruncate":
                return Answer(_files[words[1]].Truncate(Pages(words[2]) * Page));
            case "fallocate":
                (ulong first, ulong bytes) = Range(words[2]);
                return Answer(Has("punch")
                    ? _files[words[1]].PunchHole(PageOf(first), (uint)(bytes / Page))
                    : _files[words[1]].Allocate(PageOf(first), (uint)(bytes / Page)));
            case "fwrite":
                return FileWrite(_files[words[1]], Range(words[2]), number);
            case "fread":
                (ulong from, ulong count) = Range(words[2]);
                return ForEachPage(from, count, at => FileRead(_files[words[1]], at));
            case "seal":
                return Answer(_files[words[1]].AddSeals(words.Skip(2).Aggregate(FileSeals.None, (seals, word) =>
                    seals | Enum.Parse<FileSeals>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true))));
            case "uffd":
                return words[1] != "open" && !_userfaultfds.ContainsKey(process) ? "EBADF" : Answer(UseUserfaultfd(process, words, number));
            case "pin":
                return Pin(process, words, start, length);
            case "unpin":
                if (!_pins.Remove((process, words[1]), out List<PinnedPage>? pins))
                    return "no such pin";
                foreach (PinnedPage pin in pins)
                    pin.Dispose();
                return "ok";
            case "thp":
                ThpMode mode = Enum.Parse<ThpMode>(words[2], ignoreCase: true);
                if (words[1] == "shmem")
                    _machine.ShmemEnabled = mode;
                else
                    _machine.ThpEnabled = mode;
                return "ok";
            case "khugepaged":
                return RunKhugepaged(words);
            case "thp_disable":
                return Answer(process.SetThpDisable(Has("off") ? ThpDisable.Off : Has("except_advised") ? ThpDisable.ExceptAdvised : ThpDisable.Completely));
            case "table":
                return ForEachPage(start, length, at => EntryName(process, at));
            case "huge":
                return ForEachRange((start, length), process.IsHuge);
            case "folios":
                return char.IsAsciiLetter(words[1][0])
                    ? ForEachRange(Range(words[2]), at => IsFolio(page => CachedFrame(_files[words[1]], PageOf(at) + page)))
                    : ForEachRange((start, length), at => process.IsHuge(at) || IsFolio(page => MappedFrame(process, at + page * Page)));
            case "areas":
                return process.Areas.Count == 0 ? "none" : string.Join(", ", process.Areas.Select(Describe));
            case "fork":
                SystemCallResult forked = process.Fork(out AddressSpace? child);
                if (child is not null)
                    _processes.Add(child);
                return Answer(forked);
            case "exit":
                return Answer(process.Exit());
            default:
                return "no such operation";
        }
    }

    /// <summary>khugepaged goes through everything until a file that it made huge is mapped anew.</summary>
    private string RunKhugepaged(string[] words)
    {
        int After(string word, int otherwise) => Array.IndexOf(words, word) is int at and > 0 ? int.Parse(words[at + 1], CultureInfo.InvariantCulture) : otherwise;
        var limits = new CollapseLimits(After("none", 511), After("swap", 64), After("shared", 256));
        var khugepaged = new Khugepaged(_machine, new KhugepagedOptions { Limits = limits, PagesToScan = int.MaxValue });
        for (int pass = 0; pass < 3; pass++)
            khugepaged.ScanBatch();
        return "ok";
    }

    private SystemCallResult Mmap(AddressSpace process, string[] words, ulong start, ulong length)
    {
        bool Has(string word) => Array.IndexOf(words, word, 1) >= 0;
        int file = Array.IndexOf(words, "file");
        MapFlags flags = (Has("shared") ? MapFlags.Shared : Has("droppable") ? MapFlags.Droppable : MapFlags.Private)
            | (Has("noreplace") ? MapFlags.FixedNoReplace : MapFlags.Fixed)
            | (Has("locked") ? MapFlags.Locked : 0) | (Has("noreserve") ? MapFlags.NoReserve : 0)
            | (Has("growsdown") ? MapFlags.GrowsDown : 0) | (Has("populate") ? MapFlags.Populate : 0)
            | (Has("hugetlb") || (file >= 0 && _special.Contains(words[file + 1])) ? MapFlags.Special : 0);
        if (file >= 0 && _special.Contains(words[file + 1]))
            file = -1;
        return process.Mmap(
            start, length, ProtectionOf(words), flags, file < 0 ? null : _files[words[file + 1]], file < 0 ? 0 : Pages(words[file + 2]) * Page);
    }

    /// <summary>Returns the errno of MADV_COLLAPSE, and the status of each range that was scanned.</summary>
    private static string Collapse(AddressSpace process, ulong start, ulong length)
    {
        var trace = new CollapseTrace();
        Errno error = MadviseCollapse.Run(process, start, length, trace).Error;
        return string.Join(", ", trace.Events.Select(Status).OfType<string>().Prepend(Answer(error)));
    }

    private static string? Status(CollapseTraceEvent traced) => traced.Name switch
    {
        "mm_khugepaged_scan_pmd" => (string)traced.Fields.Single(field => field.Name == "status").Value,
        "mm_khugepaged_scan_file" => (string)traced.Fields.Single(field => field.Name == "result").Value,
        _ => null,
    };

    /// <summary>Situations enter the cgroup before any other operation.</summary>
    private string UseMemoryCgroup(string what)
    {
        if (what == "enter")
            _processes[0] = _machine.NewProcess(_cgroup = _machine.NewCgroup());
        else
            _cgroup!.LimitPages = what == "room" ? long.MaxValue : _cgroup.ChargedPages;
        return "ok";
    }

    private SystemCallResult UseUserfaultfd(AddressSpace process, string[] words, int number)
    {
        bool Has(string word) => Array.IndexOf(words, word, 1) >= 0;
        if (words[1] == "open")
        {
            // As the probe, requests those of the features that the kernel has.
            _userfaultfds[process] = process.OpenUserfaultfd(Has("wp_unpopulated") && _machine.Behavior.ProtectsAbsentPages ? UserfaultfdFeatures.WriteProtectUnpopulated : UserfaultfdFeatures.None, isUserModeOnly: true);
            return Errno.None;
        }
        Userfaultfd userfaultfd = _userfaultfds[process];
        if (words[1] == "close")
        {
            _userfaultfds.Remove(process);
            return userfaultfd.Close();
        }
        (ulong start, ulong length) = Range(words[2]);
        return words[1] switch
        {
            "register" => userfaultfd.Register(start, length,
                (Has("missing") ? UserfaultfdModes.Missing : 0) | (Has("wp") ? UserfaultfdModes.WriteProtect : 0) | (Has("minor") ? UserfaultfdModes.Minor : 0)),
            "unregister" => userfaultfd.Unregister(start, length),
            "poison" => userfaultfd.Poison(start, length),
            "writeprotect" => userfaultfd.WriteProtect(start, length),
            "unprotect" => userfaultfd.WriteProtect(start, length, protect: false),
            "zeropage" => userfaultfd.ZeroPage(start, length),
            "continue" => userfaultfd.Continue(start, length),
            _ => userfaultfd.Copy(start, Stamps(number, start, length)),
        };
    }

    private string Pin(AddressSpace process, string[] words, ulong start, ulong length)
    {
        var pins = new List<PinnedPage>();
        for (ulong at = start; at < start + length; at += Page)
        {
            _ = process.TryPin(at, out PinnedPage? pin, words.Contains("io") ? PinKind.Io : PinKind.Reference);
            if (pin is null)
            {
                foreach (PinnedPage held in pins)
                    held.Dispose();
                return "EFAULT";
            }
            pins.Add(pin);
        }
        _pins[(process, words[1])] = pins;
        return "ok";
    }

    private string FileWrite(SimulatedFile file, (ulong Start, ulong Length) range, int number)
    {
        for (ulong at = range.Start; at < range.Start + range.Length; at += Page)
        {
            SystemCallResult result = file.Write(at - Base, Stamp(number, at));
            if (!result.IsDone)
                return Answer(result);
        }
        return "ok";
    }

    private string FileRead(SimulatedFile file, ulong at)
    {
        Array.Clear(_page);
        SystemCallResult result = file.Read(at - Base, _page);
        return !result.IsDone ? Answer(result) : result.Value == 0 ? "end" : Content(at);
    }

    private static string Describe(AccessResult result, string done) => result.Outcome switch
    {
        AccessOutcome.Done => done,
        AccessOutcome.Waits => "waits",
        AccessOutcome.MapError or AccessOutcome.AccessError => "SIGSEGV",
        AccessOutcome.OutOfMemory => "out of memory",
        _ => "SIGBUS",
    };

    private static string Answer(SystemCallResult result) => result.IsWaiting ? result.ToString() : result.Error == Errno.None ? "ok" : result.Error.ToString();

    private static string ForEachPage(ulong start, ulong length, Func<ulong, string> describe)
    {
        var runs = new List<(int Count, string Name)>();
        for (ulong at = start; at < start + length; at += Page)
        {
            string name = describe(at);
            if (runs.Count > 0 && runs[^1].Name == name)
                runs[^1] = (runs[^1].Count + 1, name);
            else
                runs.Add((1, name));
        }
        return string.Join(", ", runs.Select(run => $"{run.Count} {run.Name}"));
    }

    private static Protection ProtectionOf(string[] words)
    {
        string? word = words.Skip(2).FirstOrDefault(word => word == "none" || word.All("rwx".Contains));
        return word switch
        {
            null => Protection.ReadWrite,
            "none" => Protection.None,
            _ => (word.Contains('r') ? Protection.Read : 0) | (word.Contains('w') ? Protection.Write : 0) | (word.Contains('x') ? Protection.Execute : 0),
        };
    }

    private static (ulong Start, ulong Length) Range(string word)
    {
        string[] parts = word.Split('+');
        return (Base + Pages(parts[0]) * Page, Pages(parts[1]) * Page);
    }

    private static uint PageOf(ulong address) => (uint)((address - Base) / Page);

    private static ulong Pages(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);
}
