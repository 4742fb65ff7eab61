using System.Globalization;

namespace CopyMc.Contract.Agreement;

/// <summary>Makes random operations that are likely to interact: mostly on whole huge pages and single pages of three ranges of 2 MiB.</summary>
internal sealed class SituationGenerator(Random random, bool usesSwap)
{
    private const int Pages = 3 * 512;

    private readonly List<string> _operations = [];
    private readonly HashSet<int> _watching = [];
    private readonly bool _isOfFile = random.Next(3) == 0;
    private readonly bool _isPrivate = random.Next(4) == 0;
    private readonly HashSet<string> _pinned = [];
    private readonly HashSet<int> _ended = [];
    private int _processes = 1;
    private int _process;

    internal IEnumerable<string> Operations(int most)
    {
        if (_isOfFile)
        {
            _operations.Add("memfd f 1536");
            _operations.Add($"fwrite f {Any("0+512", "0+1024", "256+512", "9+1")}");
        }
        Add($"mmap {Any("0+512", "0+512", "0+1024", "0+1536", "256+512")}{Backing(0)}");
        if (random.Next(3) == 0)
            Add("madvise 0+512 hugepage");
        Add($"write {Any("0+512", "0+512", "256+512", "0+256")}");
        for (int i = random.Next(2, most); i > 0; i--)
        {
            do
                _process = random.Next(_processes);
            while (_ended.Contains(_process));
            Next();
        }
        for (_process = 0; _process < _processes; _process++)
        {
            if (_ended.Contains(_process))
                continue;
            Add("areas");
            Add("huge 0+1536");
            Add("folios 0+1536");
            Add("table 0+1536");
            Add("read 0+1536");
        }
        return _operations;
    }

    private void Next()
    {
        string range = Range();
        switch (random.Next(43))
        {
            case 0 or 1:
                Add($"mmap {range}{Backing(First(range))}{Any("", "", "", " r", " noreserve")}");
                break;
            case 2:
                Add($"munmap {range}");
                break;
            case 3 or 4:
                Add($"mprotect {range} {Any("r", "rw", "rw", "none", "rx")}");
                break;
            case 5 or 6:
                int count = Count(range);
                int to = Any(0, 512, 1024, 256, 1, 513, First(range) + 512) % (Pages - count + 1);
                Add($"mremap {range} {to}+{count}{Any("", "", "", " dontunmap")}");
                break;
            case 7 or 8 or 9:
                Add($"madvise {range} {Any("dontneed", "dontneed", "free", "cold", "populate_read", "populate_write", "guard_install", "guard_remove", "remove", "willneed", "dontneed_locked")}");
                break;
            case 10:
                Add($"madvise {range} {Any("dontfork", "dofork", "wipeonfork", "keeponfork", "hugepage", "nohugepage", "random", "normal")}");
                break;
            case 11 or 30 or 31 when usesSwap:
                Add($"madvise {range} pageout");
                break;
            case 12 or 13 or 14:
                Add($"madvise {Any("0+512", "0+512", "0+1024", "512+512")} collapse");
                break;
            case 15:
                Add($"{Any("mlock", "munlock", "mlock")} {range}{Any("", "", " onfault")}".Replace("munlock " + range + " onfault", "munlock " + range, StringComparison.Ordinal));
                break;
            case 16 or 17:
                Add($"write {range}");
                break;
            case 18:
                Add($"read {range}");
                break;
            case 19 or 20 or 21 or 22 or 23:
                Watch(range);
                break;
            case 24 or 25 when _processes < 3:
                Add("fork");
                _processes++;
                break;
            case 26 when _isOfFile:
                Add(Any($"fallocate f {range} punch", $"fallocate f {range}", $"fallocate f {range}", $"fwrite f {range}", $"fread f {range}", "ftruncate f 256", "ftruncate f 1536"));
                break;
            case 27:
                Add($"thp_disable {Any("on", "off", "on except_advised")}");
                break;
            case 32:
                Pin(Any("0+200", "256+1", "255+2", "9+1", "0+1", "3+5"));
                break;
            case 33 when random.Next(3) == 0 && _watching.Contains(_process):
                Add("uffd close");
                break;
            case 34:
                Add(Any("table 0+1536", "folios 0+1536", _isOfFile ? "folios f 0+1536" : "areas"));
                break;
            case 35:
                Add($"mmap {range}{Any(" shared", " shared", " droppable", " locked", " populate", " growsdown", " none", " noreplace")}");
                break;
            case 36:
                int length = Any(0, 1, 100, 256, 512, 600);
                Add($"mremap {range} {Any(0, 512, 1024, 256, 1) % (Pages - length + 1)}+{length}");
                break;
            case 37 when _processes - _ended.Count > 1:
                Add("exit");
                _ended.Add(_process);
                break;
            case 38 when _isOfFile:
                Add(Any("seal f write", "seal f shrink", "seal f grow", "seal f future_write", "ftruncate f 0", "ftruncate f 511", "ftruncate f 600", "fallocate f 0+1536", "fwrite f 0+1536"));
                break;
            case 39 or 40:
                Add($"collapse {Any("0+512", "0+512", "0+1024", "512+512", "0+1536")}");
                break;
            case 41:
                Add("madvise 0+1536 hugepage");
                break;
            case 42:
                Add($"write {Any("0+512", "0+1536", "100+1", "600+1")}");
                break;
            case 28 when random.Next(4) == 0:
                Add($"mseal {range}");
                break;
        }
    }

    private void Pin(string range)
    {
        // A range is pinned once at most, and only the process that pinned it unpins it.
        if (_pinned.Add($"{_process} {range}"))
        {
            Add($"pin {range}{Any("", " io")}");
            return;
        }
        _pinned.Remove($"{_process} {range}");
        Add($"unpin {range}");
    }

    private void Watch(string range)
    {
        if (_watching.Add(_process))
        {
            Add($"uffd open{Any("", " wp_unpopulated")}");
            Add($"uffd register {Any("0+512", "0+512", range)} {Any("missing", "missing wp", "wp", "minor missing", "minor")}");
        }
        Add($"uffd {Any("register " + range + " missing", "register " + range + " wp", "unregister " + range, "poison " + range, "poison " + range, "writeprotect " + range, "writeprotect " + range, "unprotect " + range, "zeropage " + range, "copy " + range, "continue " + range)}");
    }

    private void Add(string operation) => _operations.Add(_process == 0 ? operation : $"{_process}: {operation}");

    private string Backing(int first) =>
        !_isOfFile ? "" : $"{(_isPrivate ? "" : " shared")} file f {Any(first, first, first, 0).ToString(CultureInfo.InvariantCulture)}";

    private string Range() => Any("0+512", "0+512", "256+1", "255+2", "0+256", "256+256", "9+1", "512+512", "0+1024", "256+512", "511+2", "0+1", "511+1");

    private static int First(string range) => int.Parse(range.Split('+')[0], CultureInfo.InvariantCulture);

    private static int Count(string range) => int.Parse(range.Split('+')[1], CultureInfo.InvariantCulture);

    private T Any<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
