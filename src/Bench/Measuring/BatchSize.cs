namespace CopyMc.Bench.Measuring;

/// <summary>Finds the number of copies in a batch.</summary>
internal static class BatchSize
{
    /// <summary>Long enough for the resolution of any clock, and short enough to be tried repeatedly.</summary>
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMicroseconds(400);

    /// <summary>Other load on the machine makes a try longer, never shorter, so a try that was long enough is repeated.</summary>
    private const int Tries = 3;

    /// <param name="batch">The length of a batch.</param>
    /// <param name="least">The least number of copies.</param>
    /// <param name="time">Makes a number of copies and returns the nanoseconds of one.</param>
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
