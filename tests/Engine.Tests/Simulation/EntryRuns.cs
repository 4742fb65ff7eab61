using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>Describes pages, with equal neighbours as one run: <c>4 present, 8 guard</c>.</summary>
internal static class EntryRuns
{
    /// <summary>The kinds of the entries; <c>+wp</c> where userfaultfd protects them.</summary>
    internal static string Entries(AddressSpace process, ulong start, int pages) => Runs(pages, page => Name(process.EntryAt(start + (ulong)page * TestMachine.Page)));

    /// <summary>The result of a load from each page: <c>own</c> for the content of this page, zeros, a signal, or the reason of a wait.</summary>
    internal static string Reads(AddressSpace process, ulong start, int pages) => Runs(pages, page =>
    {
        var bytes = new byte[NativeRegion.PageSize];
        AccessResult result = process.Read(start + (ulong)page * TestMachine.Page, bytes);
        return !result.IsDone ? Name(result)
            : bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0 ? "zero"
            : bytes.AsSpan().SequenceEqual(TestMachine.Content(page)) ? "own" : "other";
    });

    /// <summary>The result of a store to each page.</summary>
    internal static string Writes(AddressSpace process, ulong start, int pages) =>
        Runs(pages, page => Name(process.Write(start + (ulong)page * TestMachine.Page, TestMachine.Content(page))));

    private static string Name(AccessResult result) => result switch
    {
        { IsDone: true } => "ok",
        { IsSegmentationFault: true } => "SIGSEGV",
        { IsBusError: true } => "SIGBUS",
        _ => result.WaitsFor.ToString(),
    };

    private static string Name(Pte pte)
    {
        string name = pte.IsNone ? "none" : pte.IsPresent ? "present" : pte.IsSwap ? "swap" : pte.IsPoisonMarker ? "poison"
            : pte.IsGuardMarker ? "guard" : pte.IsHwPoison ? "hwpoison" : "absent";
        return pte.IsUffdWriteProtected ? name + "+wp" : name;
    }

    private static string Runs(int pages, Func<int, string> name)
    {
        var runs = new List<(string Name, int Count)>();
        for (int i = 0; i < pages; i++)
        {
            string next = name(i);
            if (runs.Count > 0 && runs[^1].Name == next)
                runs[^1] = (next, runs[^1].Count + 1);
            else
                runs.Add((next, 1));
        }
        return string.Join(", ", runs.Select(run => $"{run.Count} {run.Name}"));
    }
}
