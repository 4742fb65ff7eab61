using System.Globalization;

namespace CopyMc.Bench.Machine;

/// <summary>Numbers of CPUs or nodes as Linux writes them: <c>0,2-3</c> (Documentation/admin-guide/cputopology.rst).</summary>
internal static class CpuList
{
    /// <summary>Larger numbers are no CPUs (CONFIG_NR_CPUS is at most 8192).</summary>
    internal const int End = 8192;

    /// <param name="list">The list; an empty one has no numbers.</param>
    /// <param name="numbers">The numbers, ascending.</param>
    /// <returns>Whether it is such a list.</returns>
    internal static bool TryParse(string list, out int[] numbers)
    {
        var all = new SortedSet<int>();
        numbers = [];
        foreach (string part in list.Trim().Split(',', StringSplitOptions.TrimEntries).Where(part => part.Length > 0 || list.Contains(',')))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last) || last < first)
                return false;
            all.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        numbers = [.. all];
        return true;
    }

    /// <param name="numbers">The numbers, ascending.</param>
    internal static string Format(IEnumerable<int> numbers)
    {
        var runs = new List<(int First, int Last)>();
        foreach (int number in numbers)
        {
            if (runs.Count > 0 && runs[^1].Last + 1 == number)
                runs[^1] = (runs[^1].First, number);
            else
                runs.Add((number, number));
        }
        return string.Join(',', runs.Select(run => run.First == run.Last ? $"{run.First}" : $"{run.First}-{run.Last}"));
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < End;
}
