using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Report;

/// <summary>
/// Compares two sides, of one or several processes each, row by row. Two processes always differ in the placement of code and memory. So a row has a
/// value for each process; the changes of the controls of its group are the machine's and are subtracted; and the remaining differences between the
/// processes of a side give the error. With one process on either side, the scatter of the rows gives it. Between two machines the controls are
/// other copies: nothing is subtracted then.
/// </summary>
/// <param name="Rows">All rows that both sides have, including the controls.</param>
/// <param name="Methods">The methods that have several rows.</param>
/// <param name="NoisePercent">The standard deviation of a row between two processes.</param>
/// <param name="Processes">The number of processes of both sides.</param>
/// <param name="OnOneMachine">Whether the changes of the controls are subtracted.</param>
internal sealed record ResultComparison(IReadOnlyList<ComparedRow> Rows, IReadOnlyList<ComparedMethod> Methods, double NoisePercent, int Processes, bool OnOneMachine)
{
    /// <summary>
    /// Standard errors to either side of a row's change. More than a single row needs, because there are a hundred rows, noise has long tails,
    /// and false alarms are expensive.
    /// </summary>
    private const double RowErrors = 4;

    /// <summary>The same for a method, of which there are few.</summary>
    private const double MethodErrors = 3.3;

    /// <summary>Standard errors beyond which the change of a row counts no more for its method.</summary>
    private const double Wild = 2;

    /// <summary>The number of values of a row or group from which its own scatter counts more than that of all.</summary>
    private const double Prior = 5;

    /// <summary>The least number of methods for the scatter of a kind.</summary>
    private const int LeastMethods = 5;

    /// <summary>1 / 0.6745: from the median absolute deviation of a normal sample to its standard deviation.</summary>
    private const double ToSigma = 1.4826;

    /// <summary>The rows that are not controls.</summary>
    internal IEnumerable<ComparedRow> Judged => Rows.Where(row => row.Kind != MethodKind.Control);

    /// <summary>The largest loss of speed that noise does not explain, in percent; 0 if there is none.</summary>
    internal double WorstRegressionPercent => Judged.Select(row => row.Change).Concat(Methods.Select(method => method.Change))
        .Where(change => change.Verdict == Verdict.Slower).Select(change => -change.Percent).DefaultIfEmpty(0).Max();

    /// <summary>The change of the median control, in percent; null without controls.</summary>
    internal double? ControlsPercent =>
        Rows.Where(row => row.Kind == MethodKind.Control).Select(row => row.Change.Percent).ToArray() is { Length: > 0 } changes ? Median(changes) : null;

    /// <param name="before">Rows of one run or several.</param>
    /// <param name="after">The same methods, later.</param>
    /// <param name="onOneMachine">Whether both sides were measured on one machine and system.</param>
    internal static ResultComparison Of(IReadOnlyList<IReadOnlyList<Timing>> before, IReadOnlyList<IReadOnlyList<Timing>> after, bool onOneMachine = true)
    {
        Dictionary<(string, string), Timing> from = Together(before), to = Together(after);
        Pair[] pairs = [.. from.Where(row => to.ContainsKey(row.Key)).Select(row => new Pair(row.Value, to[row.Key]))];
        if (pairs.Length == 0)
            return new ResultComparison([], [], 0, 0, onOneMachine);

        foreach (IGrouping<string, Pair> group in pairs.GroupBy(pair => pair.Before.Group).Where(_ => onOneMachine))
            TakeDriftOff([.. group]);
        Dictionary<string, double> ofMethod = pairs.GroupBy(pair => pair.Before.Method).ToDictionary(group => group.Key, group => Median(group.Select(pair => pair.Change)));
        double noise = SetErrors(pairs, ofMethod);
        Dictionary<MethodKind, double> ofKind = pairs.GroupBy(pair => pair.Before.Kind).ToDictionary(group => group.Key, group => ScatterOfMethods([.. group], ofMethod));
        return new ResultComparison(
            [.. pairs.Select(pair => ToRow(pair, ofKind[pair.Before.Kind]))],
            [
                .. pairs.Where(pair => pair.Before.Kind != MethodKind.Control).GroupBy(pair => pair.Before.Method)
                    .Where(group => group.Count() > 1).Select(group => ToMethod(group.Key, [.. group], ofKind[group.First().Before.Kind])),
            ],
            100 * noise,
            pairs.Max(pair => pair.Logarithms.Length),
            onOneMachine);
    }

    /// <summary>Subtracts the changes of a group's controls in each process. Controls that share compiled code count once.</summary>
    private static void TakeDriftOff(Pair[] group)
    {
        Pair[][] codes = [.. group.Where(pair => pair.Before.Kind == MethodKind.Control).GroupBy(pair => pair.Before.Code).Select(code => code.ToArray())];
        if (codes.Length == 0)
            return;
        Dictionary<Pair, double> middles = group.ToDictionary(pair => pair, pair => Median(pair.Logarithms));
        int processes = group.Min(pair => pair.Logarithms.Length);
        for (int process = 0; process < processes; process++)
        {
            double drift = Median(codes.Select(code => code.Average(pair => pair.Logarithms[process] - middles[pair])));
            foreach (Pair pair in group)
                pair.Steady[process] = pair.Logarithms[process] - drift;
        }
    }

    /// <summary>Sets the error of each row between the two sides.</summary>
    /// <returns>The error of the median row between two processes.</returns>
    private static double SetErrors(Pair[] pairs, Dictionary<string, double> ofMethod)
    {
        if (pairs.All(pair => pair.Freedom > 0))
        {
            double usual = Median(pairs.Select(pair => pair.VarianceOfProcesses));
            foreach (Pair pair in pairs)
                pair.Error = Math.Sqrt((pair.Freedom * pair.VarianceOfProcesses + Prior * usual) / (pair.Freedom + Prior) * pair.OfSides);
            return Math.Sqrt(usual);
        }

        double Residual(Pair pair) => pair.Change - ofMethod[pair.Before.Method];
        double noise = Scatter(pairs.Select(Residual));
        foreach (IGrouping<string, Pair> group in pairs.GroupBy(pair => pair.Before.Group))
        {
            double own = Scatter(group.Select(Residual)), count = group.Count();
            double scatter = Math.Sqrt((count * own * own + Prior * noise * noise) / (count + Prior));
            foreach (Pair pair in group)
                pair.Error = Math.Max(scatter, pair.ErrorWithinRuns);
        }
        return noise / Math.Sqrt(2);
    }

    private static ComparedRow ToRow(Pair pair, double scatterOfKind) => new(
        pair.Before.Group, pair.Before.Method, pair.Before.Kind, pair.Before.Nanoseconds, pair.After.Nanoseconds,
        Report.Change.Of(pair.Change, RowErrors * Math.Sqrt(pair.Error * pair.Error + scatterOfKind * scatterOfKind)));

    /// <summary>The weighted mean of the rows, where outliers are limited.</summary>
    private static ComparedMethod ToMethod(string name, Pair[] rows, double scatterOfKind)
    {
        double weight = Weight(rows), middle = Median(rows.Select(row => row.Change));
        double sum = rows.Sum(row => row.Worth * Math.Clamp(row.Change - middle, -Wild * row.Error, Wild * row.Error));
        return new ComparedMethod(name, rows.Length, Report.Change.Of(middle + sum / weight, MethodErrors * Math.Sqrt(1 / weight + scatterOfKind * scatterOfKind)));
    }

    /// <summary>
    /// The scatter of the methods of a kind between two processes, beyond the scatter of their rows. A change of all of them is not scatter. With
    /// several processes the errors of the rows include it.
    /// </summary>
    private static double ScatterOfMethods(Pair[] pairs, Dictionary<string, double> ofMethod)
    {
        Pair[][] methods = [.. pairs.GroupBy(pair => pair.Before.Method).Select(method => method.ToArray())];
        if (methods.Length < LeastMethods || pairs.All(pair => pair.Freedom > 0))
            return 0;
        double[] changes = [.. methods.Select(method => ofMethod[method[0].Before.Method])];
        double middle = Median(changes), scatter = Scatter(changes.Select(change => change - middle));
        // The variance of a median is pi/2 times that of a mean.
        double explained = Math.PI / 2 * Median(methods.Select(method => 1 / Weight(method)));
        return Math.Sqrt(Math.Max(0, scatter * scatter - explained));
    }

    /// <summary>The inverse variance of the mean of rows.</summary>
    private static double Weight(Pair[] rows) => rows.Sum(row => row.Worth);

    /// <summary>Combines the processes of all runs, for the rows that all runs have.</summary>
    private static Dictionary<(string, string), Timing> Together(IReadOnlyList<IReadOnlyList<Timing>> runs) => runs
        .SelectMany(rows => rows)
        .GroupBy(row => (row.Group, row.Method))
        .Where(row => row.Count() == runs.Count)
        .ToDictionary(row => row.Key, row =>
        {
            double[] processes = [.. row.SelectMany(timing => timing.Processes)];
            return row.First() with { Nanoseconds = Median(processes), Processes = processes };
        });

    private static double Median(IEnumerable<double> values) => Quartiles.Of([.. values]).Median;

    /// <summary>A standard deviation about zero that is robust against outliers.</summary>
    private static double Scatter(IEnumerable<double> values) => ToSigma * Median(values.Select(Math.Abs));

    private sealed class Pair
    {
        private readonly int _before;
        private readonly int _after;

        internal Pair(Timing before, Timing after)
        {
            (Before, After) = (before, after);
            (_before, _after) = (before.Processes.Count, after.Processes.Count);
            Logarithms = [.. before.Processes.Concat(after.Processes).Select(time => Math.Log(time))];
            Steady = [.. Logarithms];
        }

        internal Timing Before { get; }

        internal Timing After { get; }

        /// <summary>The logarithms of the times, by process, the earlier side first.</summary>
        internal double[] Logarithms { get; }

        /// <summary>The same without the changes of the controls.</summary>
        internal double[] Steady { get; }

        /// <summary>The logarithm of the earlier time divided by the later time: above zero is faster.</summary>
        internal double Change => Steady[.._before].Average() - Steady[_before..].Average();

        internal double Error { get; set; }

        /// <summary>The inverse of the variance.</summary>
        internal double Worth => 1 / Math.Max(Error * Error, 1e-12);

        internal double ErrorWithinRuns => Math.Sqrt(Before.RelativeError * Before.RelativeError + After.RelativeError * After.RelativeError);

        /// <summary>Processes beyond the first of each side.</summary>
        internal int Freedom => _before + _after - 2;

        /// <summary>The variance between processes of the same side.</summary>
        internal double VarianceOfProcesses => (SquaresOf(Steady[.._before]) + SquaresOf(Steady[_before..])) / Freedom;

        /// <summary>The factor from the variance of processes to that of the difference of the sides' means.</summary>
        internal double OfSides => 1.0 / _before + 1.0 / _after;

        private static double SquaresOf(double[] values)
        {
            double mean = values.Average();
            return values.Sum(value => (value - mean) * (value - mean));
        }
    }
}
