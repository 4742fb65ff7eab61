using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Tests.Terminal;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(64, "64 B")]
    [InlineData(4096, "4 KiB")]
    [InlineData(2 << 20, "2 MiB")]
    [InlineData(7110952, "6.8 MiB")]
    public void Bytes_in_binary_units(long bytes, string expected) => Assert.Equal(expected, Units.Bytes(bytes));

    [Theory]
    [InlineData(0.06, "60 ns")]
    [InlineData(12.34, "12.3 us")]
    [InlineData(1234.5, "1.23 ms")]
    [InlineData(2_000_000, "2.00 s")]
    public void Times_in_the_unit_that_fits(double microseconds, string expected) => Assert.Equal(expected, Units.Time(microseconds));
}
