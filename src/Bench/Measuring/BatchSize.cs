namespace CopyMc.Bench.Measuring;

/// <summary>How many copies make one batch.</summary>
internal static class BatchSize
{
    /// <summary>Long enough for a clock of any resolution, short enough to be repeated until it is reached.</summary>
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMicroseconds(400);

    /// <summary>What else the machine does makes a try longer, never shorter: one that was long enough must be so again.</summary>
    private const int Tries = 3;

    /// <param name="batch">How long a batch is to take.</param>
    /// <param name="least">The least number of copies.</param>
    /// <param name="time">Makes so many copies and returns the nanoseconds of one.</param>
    internal static ulong For(TimeSpan batch, ulong least, Func<ulong, double> time)
    {
        double target = batch.TotalNanoseconds, enough = Math.Min(s_longEnough.TotalNanoseconds, target);
        for (ulong count = least; ; count *= 2)
        {
            double each = double.MaxValue;
            for (int i = 0; i < Tries && (i == 0 || each * count >= enough); i++)
                each = Math.Min(each, time(count));
            if (each * count >= enough)
                return Math.Max(least, (ulong)(target / each));
        }
    }
}
