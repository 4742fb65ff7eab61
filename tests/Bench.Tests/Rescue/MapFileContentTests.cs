using CopyMc.Bench.Rescue;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary>Map files are GNU ddrescue's.</summary>
public sealed class MapFileContentTests
{
    [Fact]
    public void The_example_of_the_manual_is_understood()
    {
        MapFileContent content = MapFileContent.Parse("""
            # Mapfile. Created by GNU ddrescue version 1.27
            # Command line: ddrescue -d -c18 /dev/fd0 fdimage mapfile
            # Start time:   2015-07-21 09:37:44
            # Current time: 2015-07-21 09:38:19
            # Copying non-tried blocks... Pass 1 (forwards)
            # current_pos  current_status  current_pass
            0x00120000     ?               1
            #      pos        size  status
            0x00000000  0x00117000  +
            0x00117000  0x00000200  -
            0x00117200  0x00001000  /
            0x00118200  0x00007E00  *
            0x00120000  0x00048000  ?
            """);
        Assert.Equal((0x120000, '?'), (content.Position, content.Status));
        Assert.Null(content.Source);
        Assert.Equal(
            [
                new RescueBlock(0, 0x117000, BlockStatus.Finished),
                new RescueBlock(0x117000, 0x200, BlockStatus.BadSector),
                new RescueBlock(0x117200, 0x1000, BlockStatus.NonScraped),
                new RescueBlock(0x118200, 0x7E00, BlockStatus.NonTrimmed),
                new RescueBlock(0x120000, 0x48000, BlockStatus.NonTried),
            ],
            content.Map.Blocks);
    }

    [Fact]
    public void Numbers_are_decimal_hexadecimal_or_octal_and_comments_may_follow() =>
        Assert.Equal(
            [new RescueBlock(0, 64, BlockStatus.Finished), new RescueBlock(64, 10, BlockStatus.BadSector)],
            MapFileContent.Parse("0 +\n0x0 0100 + # octal\r\n 64\t10 -\n\n").Map.Blocks);

    [Theory]
    [InlineData("/a b/c#d")]
    [InlineData("/two\nlines\\n \u2028 \r end ")]
    public void What_is_written_is_read_again(string path)
    {
        var map = new RescueMap(1L << 42);
        map.Set(5, 1L << 41, BlockStatus.Finished);
        map.Set((1L << 41) + 5, 1, BlockStatus.BadSector);
        MapFileContent content = MapFileContent.Parse(
            new MapFileContent(map, path, path + "2", "of a kind", (1_753_772_345, 6), 77, '-').Format());
        Assert.Equal(map.Blocks, content.Map.Blocks);
        Assert.Equal((path, path + "2", 77L, '-'), (content.Source, content.Destination, content.Position, content.Status));
        Assert.Equal(("of a kind", (1_753_772_345, 6u)), (content.SourceIdentity, content.SourceModified));
    }

    [Fact]
    public void An_empty_source_has_no_block() =>
        Assert.Equal(0, MapFileContent.Parse(new MapFileContent(new RescueMap(0), null, null, null, null, 0, '+').Format()).Map.ByteCount);

    [Fact]
    public void A_time_that_is_none_is_a_comment() => Assert.Null(MapFileContent.Parse("# Source modified: yesterday\n0 ? 1\n0 10 +").SourceModified);

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("# only comments\n", "line 2")]
    [InlineData("0x0 X 1\n0 1 +", "line 1")]
    [InlineData("hello world\n0 1 +", "line 1")]
    [InlineData("0 ? 1\n0 10 +\n11 1 +", "line 3")]
    [InlineData("0 ? 1\n5 10 +", "line 2")]
    [InlineData("0 ? 1\n0 0 +", "line 2")]
    [InlineData("0 ? 1\n0 10", "line 2")]
    [InlineData("0 ? 1\n0 10 x", "line 2")]
    [InlineData("0 ? 1\n0 -10 +", "line 2")]
    [InlineData("0 ? 1\n0 0xFFFFFFFFFFFFFFFF +", "line 2")]
    [InlineData("0 ? 1\n0 99999999999999999999 +", "line 2")]
    [InlineData("0 ? 1\n0 0x +", "line 2")]
    [InlineData("0 ? 1\n0 0x7FFFFFFFFFFFFFFF +\n0x7FFFFFFFFFFFFFFF 1 +", "line 3")]
    public void What_is_no_map_says_in_which_line(string text, string line) =>
        Assert.StartsWith(line, Assert.Throws<FormatException>(() => MapFileContent.Parse(text)).Message);
}
