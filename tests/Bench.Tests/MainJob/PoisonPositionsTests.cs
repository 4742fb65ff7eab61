using CopyMc.Bench.MainJob;

namespace CopyMc.Bench.Tests.MainJob;

public sealed class PoisonPositionsTests
{
    [Fact]
    public void Every_position_is_the_start_of_a_line_of_the_region()
    {
        foreach (nuint length in (nuint[])[1, 63, 64, 65, 128, 4095, 4096, 8193, 819_496, (2 << 20) - 1, 2 << 20])
        {
            nuint[] offsets = [.. PoisonPositions.Poisoned.Select(position => position.OffsetIn(length))];
            Assert.All(offsets, offset => Assert.Equal((nuint)0, offset % PoisonMap.LineSize));
            Assert.Equal(0u, offsets[0]);
            Assert.InRange(offsets[1], offsets[0], offsets[2]);
            Assert.InRange(length - offsets[2], 1u, (nuint)PoisonMap.LineSize);
        }
    }

    [Fact]
    public void The_middle_line_of_2_MiB_does_not_start_its_page() =>
        Assert.NotEqual(0u, PoisonPosition.MiddleLine.OffsetIn(2 << 20) % NativeRegion.PageSize);
}
