using System.Globalization;

namespace CopyMc.Bench.Output;

/// <summary>Quantities as people read them.</summary>
internal static class Units
{
    private static readonly string[] s_binary = ["B", "KiB", "MiB", "GiB", "TiB"];

    internal static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        for (; value >= 1024 && unit < s_binary.Length - 1; unit++)
            value /= 1024;
        return value.ToString(value == Math.Floor(value) ? "F0" : "F1", CultureInfo.InvariantCulture) + " " + s_binary[unit];
    }

    internal static string Ratio(double ratio) => ratio.ToString("F2", CultureInfo.InvariantCulture);

    internal static string Number(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
