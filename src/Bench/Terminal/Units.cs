using System.Globalization;

namespace CopyMc.Bench.Terminal;

/// <summary>Quantities as people read them.</summary>
internal static class Units
{
    private static readonly string[] s_binary = ["B", "KiB", "MiB", "GiB", "TiB"];

    internal static string Bytes(double bytes)
    {
        double value = bytes;
        int unit = 0;
        for (; value >= 1024 && unit < s_binary.Length - 1; unit++)
            value /= 1024;
        return value.ToString(value == Math.Floor(value) ? "F0" : "F1", CultureInfo.InvariantCulture) + " " + s_binary[unit];
    }

    /// <summary>The exact number: "1,073,741,825 bytes".</summary>
    internal static string Exact(long bytes) => Whole(bytes) + (bytes == 1 ? " byte" : " bytes");

    /// <summary>A whole number, with its digits in groups.</summary>
    internal static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Milliseconds(double milliseconds) => Time(milliseconds * 1e3);

    internal static string Nanoseconds(double nanoseconds) => Time(nanoseconds / 1e3);

    /// <summary>A time, from nanoseconds to seconds.</summary>
    internal static string Time(double microseconds) =>
        microseconds < 1 ? $"{microseconds * 1e3:F0} ns"
        : microseconds < 1e3 ? $"{Number(microseconds)} us"
        : microseconds < 1e6 ? $"{Number(microseconds / 1e3)} ms"
        : $"{Number(microseconds / 1e6)} s";

    /// <summary>A round time without trailing zeros.</summary>
    internal static string ShortTime(double nanoseconds)
    {
        (double value, string unit) = nanoseconds switch
        {
            < 1e3 => (nanoseconds, "ns"),
            < 1e6 => (nanoseconds / 1e3, "us"),
            < 1e9 => (nanoseconds / 1e6, "ms"),
            _ => (nanoseconds / 1e9, "s"),
        };
        return $"{value.ToString("0.###", CultureInfo.InvariantCulture)} {unit}";
    }

    internal static string Count(long count, string thing, string? things = null) => $"{count} {(count == 1 ? thing : things ?? thing + "s")}";

    internal static string Ratio(double ratio) => ratio.ToString("F2", CultureInfo.InvariantCulture);

    internal static string Number(double value) =>
        value.ToString(value >= 100 ? "F0" : value >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
