namespace CopyMc.Bench.Tune;

/// <summary>One value of a profile.</summary>
/// <param name="Key">Its key in the profile.</param>
/// <param name="Table">The value of the table for this CPU.</param>
/// <param name="Best">The value that was the fastest.</param>
/// <param name="Gain">By how much copies are faster with it than with the table's, in the mean of the sizes: 0.05 is 5 %.</param>
/// <param name="Chosen">The value of the profile: the best one if it gains enough, else the table's.</param>
internal sealed record TuneChoice(string Key, string Table, string Best, double Gain, string Chosen)
{
    /// <summary>A smaller gain may be noise, and is not worth another value than that of the same CPU elsewhere.</summary>
    private const double LeastGain = 0.03;

    internal bool Differs => Chosen != Table;

    /// <summary>Chooses between values by what copies cost with them.</summary>
    /// <param name="key">The key in the profile.</param>
    /// <param name="table">The value of the table.</param>
    /// <param name="others">The other candidates.</param>
    /// <param name="text">The value as the profile has it.</param>
    /// <param name="cost">The mean of the logarithms of the times of all copies.</param>
    internal static (TuneChoice Choice, T Value) Between<T>(string key, T table, IEnumerable<T> others, Func<T, string> text, Func<T, double> cost)
    {
        double tableCost = cost(table);
        T best = others.Prepend(table).MinBy(cost)!;
        double gain = Math.Exp(tableCost - cost(best)) - 1;
        T chosen = gain >= LeastGain ? best : table;
        return (new TuneChoice(key, text(table), text(best), gain, text(chosen)), chosen);
    }
}
