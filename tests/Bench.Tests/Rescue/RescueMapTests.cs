using CopyMc.Bench.Rescue;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary>A map says of every byte what was said of it last, in as few blocks as that takes.</summary>
public sealed class RescueMapTests
{
    private const int Length = 60;
    private static readonly BlockStatus[] s_statuses = Enum.GetValues<BlockStatus>();

    [Fact]
    public void Every_byte_has_the_status_it_was_given_last()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var map = new RescueMap(Length);
            var model = new BlockStatus[Length];
            Array.Fill(model, BlockStatus.NonTried);
            for (int i = 0; i < 20; i++)
            {
                int offset = random.Next(Length), length = random.Next(1, Length - offset + 1);
                BlockStatus status = s_statuses[random.Next(s_statuses.Length)];
                map.Set(offset, length, status);
                model.AsSpan(offset, length).Fill(status);
                Assert.Equal(BlocksOf(model), map.Blocks);
            }
            Assert.Equal(model.Count(status => status == BlockStatus.Finished), map.FinishedBytes);
            Assert.Equal(model.Count(status => status == BlockStatus.NonTried), map.NonTriedBytes);
            Assert.Equal(Length, map.FinishedBytes + map.NonTriedBytes + map.LostBytes);
        }
    }

    [Fact]
    public void Lost_is_what_failed_in_whatever_way()
    {
        var map = new RescueMap(100);
        map.Set(0, 10, BlockStatus.Finished);
        map.Set(10, 10, BlockStatus.NonTrimmed);
        map.Set(20, 10, BlockStatus.BadSector);
        map.Set(50, 10, BlockStatus.NonScraped);
        Assert.Equal([new RescueBlock(10, 20, BlockStatus.BadSector), new RescueBlock(50, 10, BlockStatus.BadSector)], map.LostBlocks);
        Assert.Equal(30, map.LostBytes);
    }

    private static List<RescueBlock> BlocksOf(BlockStatus[] model)
    {
        var blocks = new List<RescueBlock>();
        for (int start = 0, end; start < model.Length; start = end)
        {
            for (end = start; end < model.Length && model[end] == model[start];)
                end++;
            blocks.Add(new RescueBlock(start, end - start, model[start]));
        }
        return blocks;
    }
}
