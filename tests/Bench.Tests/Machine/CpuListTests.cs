using CopyMc.Bench.Machine;

namespace CopyMc.Bench.Tests.Machine;

/// <summary>Lists of numbers as Linux writes them.</summary>
public sealed class CpuListTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("0,2-3", "0,2-3")]
    [InlineData("3,1,2,0", "0-3")]
    [InlineData("8191", "8191")]
    [InlineData("", "")]
    public void A_list_is_read_and_written(string list, string written)
    {
        Assert.True(CpuList.TryParse(list, out int[] numbers));
        Assert.Equal(written, CpuList.Format(numbers));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("3-1")]
    [InlineData("0-1-2")]
    [InlineData("0,,1")]
    [InlineData("8192")]
    [InlineData("0x1")]
    public void What_is_no_list_is_refused(string list) => Assert.False(CpuList.TryParse(list, out _));
}
