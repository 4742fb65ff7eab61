using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Tune;

/// <summary>One value of a profile.</summary>
/// <param name="Key">Its key in the profile.</param>
/// <param name="Table">The value of the table for this CPU.</param>
/// <param name="Best">The value that was the fastest.</param>
/// <param name="Gain">How much faster the best value makes the copies it affects, on average: 0.05 is 5 %.</param>
/// <param name="Chosen">The value of the profile: the best one if it gains enough, else the table's.</param>
internal sealed record TuneChoice(string Key, string Table, string Best, double Gain, string Chosen)
{
    /// <summary>A smaller gain may be noise, and is not worth another value than that of the same CPU elsewhere.</summary>
    private const double LeastGain = 0.03;

    internal bool Differs => Chosen != Table;

    /// <summary>Chooses between values by the times of the copies that are made in another way with them.</summary>
    /// <param name="key">The key in the profile.</param>
    /// <param name="table">The value of the table.</param>
    /// <param name="others">The other candidates.</param>
    /// <param name="text">The value as the profile has it.</param>
    /// <param name="points">The copies.</param>
    /// <param name="way">The way in which a copy is made with a value.</param>
    internal static (TuneChoice Choice, T Value) Between<T>(
        string key, T table, IEnumerable<T> others, Func<T, string> text, IReadOnlyList<TunePoint> points, Func<T, TunePoint, string> way)
    {
        double Cost(T value) => points.Sum(point => Math.Log(point.TimeOf(way(value, point)).Median));
        T best = others.Prepend(table).MinBy(Cost)!;
        TunePoint[] changed = [.. points.Where(point => way(best, point) != way(table, point))];
        double Gain(Func<Quartiles, double> ofTable, Func<Quartiles, double> ofBest) => changed.Length == 0 ? 0
            : Math.Exp(changed.Average(point => Math.Log(ofTable(point.TimeOf(way(table, point))) / ofBest(point.TimeOf(way(best, point)))))) - 1;
        double gain = Gain(time => time.Median, time => time.Median);
        // The middle halves of the times must not overlap either.
        T chosen = gain >= LeastGain && Gain(time => time.Lower, time => time.Upper) > 0 ? best : table;
        return (new TuneChoice(key, text(table), text(best), gain, text(chosen)), chosen);
    }
}
