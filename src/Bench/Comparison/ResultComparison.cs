using CopyMc.Bench.Measurement;

namespace CopyMc.Bench.Comparison;

/// <summary>
/// Two results, or the medians of several on either side, row by row. A machine is never twice the same, so the noise is taken from the
/// results themselves: what moved all controls of a group is the machine and is taken off; how far the rest scatters, once each method's own
/// change is taken off too, is how far a row moves by itself.
/// </summary>
internal sealed class ResultComparison
{
    /// <summary>
    /// Standard errors to either side of a row's change. Wider than a single row would need: there are a hundred rows, noise has long tails,
    /// and a false alarm costs somebody's afternoon.
    /// </summary>
    private const double RowErrors = 4;

    /// <summary>The same for a method, of which there are few.</summary>
    private const double MethodErrors = 3.3;

    /// <summary>Standard errors beyond which a row says no more about its method.</summary>
    private const double Wild = 2;

    /// <summary>How many rows of a group's own it takes until its scatter counts more than that of all.</summary>
    private const double PriorRows = 5;

    /// <summary>Fewer methods of a kind say nothing about the kind.</summary>
    private const int LeastMethods = 5;

    /// <summary>1 / 0.6745: from the median absolute deviation of a normal sample to its standard deviation.</summary>
    private const double ToSigma = 1.4826;

    private ResultComparison(IReadOnlyList<ComparedRow> rows, IReadOnlyList<ComparedMethod> methods, double noisePercent)
    {
        Rows = rows;
        Methods = methods;
        NoisePercent = noisePercent;
    }

    /// <summary>All rows that both sides have, those of the controls included.</summary>
    internal IReadOnlyList<ComparedRow> Rows { get; }

    internal IReadOnlyList<ComparedMethod> Methods { get; }

    /// <summary>One standard deviation of how far a row moves by itself.</summary>
    internal double NoisePercent { get; }

    /// <summary>Rows of ours: what a control does is not for us to judge.</summary>
    internal IEnumerable<ComparedRow> Judged => Rows.Where(row => row.Kind != MethodKind.Control);

    /// <summary>The largest loss of speed that noise does not explain, in percent; 0 if there is none.</summary>
    internal double WorstRegressionPercent => Judged.Select(row => row.Change).Concat(Methods.Select(method => method.Change))
        .Where(change => change.Verdict == Verdict.Slower).Select(change => -change.Percent).DefaultIfEmpty(0).Max();

    /// <param name="before">Rows of one run or several.</param>
    /// <param name="after">The same methods, later.</param>
    internal static ResultComparison Of(IReadOnlyList<IReadOnlyList<Timing>> before, IReadOnlyList<IReadOnlyList<Timing>> after)
    {
        Dictionary<(string, string), Timing> from = Medians(before), to = Medians(after);
        Pair[] pairs = [.. from.Where(row => to.ContainsKey(row.Key)).Select(row => new Pair(row.Value, to[row.Key]))];
        if (pairs.Length == 0)
            return new ResultComparison([], [], 0);

        foreach (IGrouping<string, Pair> group in pairs.GroupBy(pair => pair.Before.Group))
        {
            double[] controls = [.. group.Where(pair => pair.Before.Kind == MethodKind.Control).Select(pair => pair.Logarithm)];
            double drift = controls.Length == 0 ? 0 : Median(controls);
            foreach (Pair pair in group)
                pair.Logarithm -= drift;
        }

        Dictionary<string, double> ofMethod = pairs.GroupBy(pair => pair.Before.Method).ToDictionary(group => group.Key, group => Median(group.Select(pair => pair.Logarithm)));
        foreach (Pair pair in pairs)
            pair.Residual = pair.Logarithm - ofMethod[pair.Before.Method];
        double noise = Scatter(pairs.Select(pair => pair.Residual));
        foreach (IGrouping<string, Pair> group in pairs.GroupBy(pair => pair.Before.Group))
        {
            double own = Scatter(group.Select(pair => pair.Residual)), count = group.Count();
            double scatter = Math.Sqrt((count * own * own + PriorRows * noise * noise) / (count + PriorRows));
            foreach (Pair pair in group)
                pair.Error = Math.Max(scatter, pair.ErrorWithinRuns);
        }

        Dictionary<MethodKind, double> ofKind = pairs.GroupBy(pair => pair.Before.Kind).ToDictionary(group => group.Key, group => ScatterOfMethods(group, ofMethod));
        return new ResultComparison(
            [.. pairs.Select(pair => ToRow(pair, ofKind[pair.Before.Kind]))],
            [
                .. pairs.Where(pair => pair.Before.Kind != MethodKind.Control).GroupBy(pair => pair.Before.Method)
                    .Where(group => group.Count() > 1).Select(group => ToMethod(group.Key, [.. group], ofKind[group.First().Before.Kind])),
            ],
            100 * noise);
    }

    private static ComparedRow ToRow(Pair pair, double scatterOfKind) => new(
        pair.Before.Group, pair.Before.Method, pair.Before.Kind, pair.Before.Nanoseconds, pair.After.Nanoseconds,
        Change.Of(pair.Logarithm, RowErrors * Math.Sqrt(pair.Error * pair.Error + scatterOfKind * scatterOfKind)));

    /// <summary>The mean, each row by what it is worth, and a wild one by no more than a tame one could have.</summary>
    private static ComparedMethod ToMethod(string name, Pair[] rows, double scatterOfKind)
    {
        double weight = Weight(rows), middle = Median(rows.Select(row => row.Logarithm));
        double sum = rows.Sum(row => row.Worth * Math.Clamp(row.Logarithm - middle, -Wild * row.Error, Wild * row.Error));
        return new ComparedMethod(name, rows.Length, Change.Of(middle + sum / weight, MethodErrors * Math.Sqrt(1 / weight + scatterOfKind * scatterOfKind)));
    }

    /// <summary>
    /// How far whole methods of a kind move between two processes, beyond what the scatter of their rows makes them. What moves all of them is
    /// no scatter.
    /// </summary>
    private static double ScatterOfMethods(IEnumerable<Pair> pairs, Dictionary<string, double> ofMethod)
    {
        Pair[][] methods = [.. pairs.GroupBy(pair => pair.Before.Method).Select(method => method.ToArray())];
        if (methods.Length < LeastMethods)
            return 0;
        double[] changes = [.. methods.Select(method => ofMethod[method[0].Before.Method])];
        double middle = Median(changes), scatter = Scatter(changes.Select(change => change - middle));
        // The variance of a median is pi/2 times that of a mean.
        double explained = Math.PI / 2 * Median(methods.Select(method => 1 / Weight(method)));
        return Math.Sqrt(Math.Max(0, scatter * scatter - explained));
    }

    /// <summary>The inverse of the variance of the rows' mean.</summary>
    private static double Weight(Pair[] rows) => rows.Sum(row => row.Worth);

    private static Dictionary<(string, string), Timing> Medians(IReadOnlyList<IReadOnlyList<Timing>> runs) => runs
        .SelectMany(rows => rows)
        .GroupBy(row => (row.Group, row.Method))
        .ToDictionary(group => group.Key, group => group.First() with
        {
            Nanoseconds = Median(group.Select(row => row.Nanoseconds)),
            RelativeError = Math.Sqrt(group.Sum(row => row.RelativeError * row.RelativeError)) / group.Count(),
        });

    private static double Median(IEnumerable<double> values) => Quartiles.Of([.. values]).Median;

    /// <summary>A standard deviation about zero that a few wild values do not move.</summary>
    private static double Scatter(IEnumerable<double> values) => ToSigma * Median(values.Select(Math.Abs));

    private sealed class Pair(Timing before, Timing after)
    {
        internal Timing Before => before;

        internal Timing After => after;

        /// <summary>Of the time before over the time after: above zero is faster.</summary>
        internal double Logarithm { get; set; } = Math.Log(before.Nanoseconds / after.Nanoseconds);

        internal double Residual { get; set; }

        internal double Error { get; set; }

        /// <summary>The inverse of the variance.</summary>
        internal double Worth => 1 / Math.Max(Error * Error, 1e-12);

        internal double ErrorWithinRuns => Math.Sqrt(before.RelativeError * before.RelativeError + after.RelativeError * after.RelativeError);
    }
}
