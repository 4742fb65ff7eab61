using CopyMc.Bench.Rescue;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary><c>copymc rescue</c> on sources that stay whole, and on what it cannot start with.</summary>
public sealed class RescueCommandTests() : RescueFiles(3 * RescueRun.WindowBytes + 1234)
{
    [Fact]
    public void A_whole_file_is_copied_and_nothing_is_left_to_do()
    {
        Copymc run = Rescue().ExpectSuccess();
        Assert.Contains("6,292,690 of 6,292,690 bytes are rescued; nothing is lost", run.Output);
        Assert.Equal(Content, File.ReadAllBytes(Destination));
        Assert.Equal([new RescueBlock(0, Content.Length, BlockStatus.Finished)], ReadMap().Blocks);
        Ddrescuelog.Accept(Map, complete: true);
        Assert.Equal(["destination", "destination.map", "source"], Directory.GetFiles(Folder.Path).Select(Path.GetFileName).Order());

        Copymc again = Rescue().ExpectSuccess();
        Assert.Contains("0 of them by this run", again.Output);
    }

    [Fact]
    public unsafe void A_memfd_of_another_process_is_a_source()
    {
        using var memory = new NativeRegion((nuint)Content.Length, new NativeRegionOptions { Backing = RegionBacking.Memfd });
        Content.CopyTo(memory.Span);
        string path = Directory.EnumerateFiles("/proc/self/fd").First(IsMemfd);
        Copymc.Run("rescue", $"/proc/{Environment.ProcessId}/fd/{Path.GetFileName(path)}", Destination).ExpectSuccess();
        // A memfd is whole pages long.
        Assert.Equal(Content, File.ReadAllBytes(Destination).AsSpan(0, Content.Length));
    }

    [Fact]
    public void Only_what_the_map_does_not_have_is_copied()
    {
        Rescue().ExpectSuccess();
        // Had it read these bytes again, they would be in the destination.
        using (FileStream file = File.OpenWrite(Source))
            file.Write(new byte[Content.Length]);
        RescueMap map = ReadMap();
        map.Set(5000, 3_000_000, BlockStatus.NonTried);
        map.Set(100, 10, BlockStatus.NonTrimmed);
        File.WriteAllText(Map, new MapFileContent(map, null, null, null, null, 0, '?').Format());

        Copymc run = Rescue().ExpectSuccess();
        Assert.Contains("3,000,010 of them by this run", run.Output);
        Content.AsSpan(5000, 3_000_000).Clear();
        Content.AsSpan(100, 10).Clear();
        Assert.Equal(Content, File.ReadAllBytes(Destination));
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(5001)]
    [InlineData(6_292_690)]
    public void A_destination_that_reaches_as_far_as_what_is_rescued_goes_on_as_ddrescue_leaves_it(int length)
    {
        StartedByDdrescue(length);
        Copymc run = Rescue().ExpectSuccess();
        Assert.Contains("6,288,690 of them by this run; nothing is lost", run.Output);
        Assert.Equal(Content, File.ReadAllBytes(Destination));
    }

    [Theory]
    [InlineData(4999, "has 4,999 bytes, and they reach to 5,000 bytes")]
    [InlineData(6_292_691, "has 6,292,691 bytes, and the source 6,292,690 bytes")]
    public void A_destination_of_another_length(int length, string complaint)
    {
        StartedByDdrescue(length);
        Refuse("source destination", "4,000 bytes are rescued", complaint, "--force");
    }

    [Fact]
    public void An_empty_source_has_an_empty_copy()
    {
        Folder.Write("source", []);
        Assert.Contains("0 of 0 bytes are rescued; nothing is lost", Rescue().ExpectSuccess().Output);
        Assert.Empty(File.ReadAllBytes(Destination));
        Rescue().ExpectSuccess();
        Folder.Write("source", Content);
        Refuse("source destination", "of a source of 0 bytes", "6,292,690 bytes");
    }

    [Fact]
    public void An_empty_destination_has_nothing_to_lose()
    {
        Folder.Write("destination", []);
        Rescue().ExpectSuccess();
        Assert.Equal(Content, File.ReadAllBytes(Destination));
    }

    [Fact]
    public void What_was_written_to_the_source_between_two_runs_is_told()
    {
        Rescue().ExpectSuccess();
        Assert.DoesNotContain("was written to", Rescue().ExpectSuccess().Output);
        File.SetLastWriteTimeUtc(Source, DateTime.UnixEpoch.AddSeconds(-1.5));
        Assert.Contains("The source was written to", Rescue().ExpectSuccess().Output);
        Ddrescuelog.Accept(Map, complete: true);
    }

    [Fact]
    public void A_renamed_destination_goes_on_once_its_old_name_is_out_of_the_map()
    {
        Rescue().ExpectSuccess();
        string renamed = Folder.File("renamed");
        File.Move(Destination, renamed);
        Refuse("source renamed --map destination.map", "is of the destination", "delete the line '# Destination:'");
        File.WriteAllLines(Map, File.ReadAllLines(Map).Where(line => !line.StartsWith("# Destination:", StringComparison.Ordinal)));
        Assert.Contains(", 0 of them by this run", Copymc.Run("rescue", Source, renamed, "--map", Map).ExpectSuccess().Output);
    }

    [Fact]
    public void Another_source_under_the_same_name_does_not_go_on_unless_it_is_said_to_be_the_same()
    {
        Rescue().ExpectSuccess();
        // The next file may have its number.
        File.Delete(Source);
        _ = Folder.Write("source", Content);
        Refuse("source destination", "of another source", "delete the line '# Source identity:'", "--force");

        File.WriteAllLines(Map, File.ReadAllLines(Map).Where(line => !line.StartsWith("# Source identity:", StringComparison.Ordinal)));
        Assert.Contains(", 0 of them by this run", Rescue().ExpectSuccess().Output);
        Ddrescuelog.Accept(Map, complete: true);
        File.Move(Source, Folder.File("first"));
        _ = Folder.Write("source", Content);
        Refuse("source destination", "of another source");
        Rescue("--force").ExpectSuccess();
    }

    [Fact]
    public unsafe void Another_memfd_under_the_same_name_is_another_source()
    {
        // Of a length that no other test's has.
        var length = (nuint)(5 * RescueRun.WindowBytes + 7 * NativeRegion.PageSize);
        using var first = new NativeRegion(length, new NativeRegionOptions { Backing = RegionBacking.Memfd });
        using var second = new NativeRegion(length, new NativeRegionOptions { Backing = RegionBacking.Memfd });
        string[] memfds = [.. Directory.EnumerateFiles("/proc/self/fd").Where(link => IsMemfd(link) && LengthOf(link) == (long)length)];
        string name = Folder.File("memfd");
        _ = File.CreateSymbolicLink(name, $"/proc/{Environment.ProcessId}/fd/{Path.GetFileName(memfds[0])}");
        Copymc.Run("rescue", name, Destination).ExpectSuccess();
        File.Delete(name);
        _ = File.CreateSymbolicLink(name, $"/proc/{Environment.ProcessId}/fd/{Path.GetFileName(memfds[1])}");
        Refuse("memfd destination", "of another source");

        static long LengthOf(string path)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return file.Length;
        }
    }

    [Fact]
    public void A_map_that_cannot_be_saved_leaves_no_part_of_it()
    {
        var map = new MapFile(Map);
        Directory.CreateDirectory(Map);
        Assert.Contains(Map, Assert.Throws<IOException>(() => map.Save(new MapFileContent(new RescueMap(1), null, null, null, null, 0, '?'))).Message);
        Assert.Equal([Source], Directory.GetFiles(Folder.Path));
    }

    [Fact]
    public void Force_starts_over()
    {
        File.WriteAllText(Destination, new string('x', Content.Length + 10));
        File.WriteAllText(Map, "nonsense");
        Rescue("--force").ExpectSuccess();
        Assert.Equal(Content, File.ReadAllBytes(Destination));
    }

    [Theory]
    [InlineData("source source", "the same file")]
    [InlineData("source link --force", "the same file")]
    [InlineData("source destination --map source --force", "the same file")]
    [InlineData("source destination --map destination --force", "the same file")]
    [InlineData("source destination --map /proc/copymc.map", "copymc.map")]
    [InlineData("missing destination", "does not exist")]
    [InlineData(". destination", "is a directory")]
    [InlineData("/dev/null destination", "neither a file nor a block device")]
    [InlineData("/proc/version destination", "has bytes but no length")]
    [InlineData("/sys/kernel/mm/transparent_hugepage/enabled destination", "cannot be mapped")]
    [InlineData("source . --map map", "is a directory")]
    [InlineData("source /dev/null --map map", "is not a file")]
    [InlineData("source no/such/directory/file --map map", "no/such/directory")]
    public void Files_that_it_cannot_start_with(string arguments, string complaint)
    {
        File.CreateSymbolicLink(Folder.File("link"), Source);
        Refuse(arguments, complaint);
    }

    [Fact]
    public void A_destination_without_a_map_file()
    {
        File.WriteAllText(Destination, "precious");
        Refuse("source destination", "destination.map", "--force");
    }

    [Theory]
    [InlineData("other destination", "is of the source")]
    [InlineData("source other --map destination.map", "is of the destination")]
    public void A_map_file_of_another_file(string arguments, string complaint)
    {
        Rescue().ExpectSuccess();
        Folder.Write("other", Content);
        Refuse(arguments, complaint, "other", "--force");
    }

    [Fact]
    public void A_map_file_of_a_source_of_another_size()
    {
        Rescue().ExpectSuccess();
        Folder.Write("source", Content[1..]);
        Refuse("source destination", "6,292,690 bytes", "6,292,689 bytes", "--force");
    }

    [Fact]
    public void A_map_file_whose_destination_is_gone()
    {
        Rescue().ExpectSuccess();
        File.Delete(Destination);
        Refuse("source destination", "6,292,690 bytes are rescued", "is not there", "--force");
    }

    [Fact]
    public void A_map_file_that_is_none()
    {
        File.WriteAllText(Map, "0 ? 1\n0 10 +\n12 5 +\n");
        Refuse("source destination", "destination.map", "line 3");
    }

    [Fact]
    public void No_room()
    {
        using (var sparse = new FileStream(Folder.File("huge"), FileMode.Create))
            sparse.SetLength(8L << 40);
        Refuse("huge destination", "no room for 8 TiB", "iB are free");
        File.WriteAllText(Destination, "precious");
        Refuse("huge destination --force", "no room for 8 TiB");
    }

    [Fact]
    public void A_destination_that_another_rescue_writes()
    {
        using FileStream locked = new(Destination, FileMode.Create, FileAccess.Write, FileShare.None);
        Rescue().ExpectOneLineOfError(2, "destination", "another process");
    }

    [Fact]
    public void A_kernel_that_does_not_recover()
    {
        Copymc.Run("scalar", ["rescue", Source, Destination]).ExpectOneLineOfError(2, "scalar");
        Assert.False(File.Exists(Destination));
    }

    [Fact]
    public void Not_enough_arguments() => Copymc.Run("rescue", Source).ExpectOneLineOfError(2, "copymc rescue --help");

    private static bool IsMemfd(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, false)?.FullName.Contains("memfd:copymc", StringComparison.Ordinal) == true;
        }
        catch (FileNotFoundException)
        {
            // Another test has closed it since it was listed.
            return false;
        }
    }

    /// <summary>The bytes from 1000 to 5000 are rescued, and the destination is that long.</summary>
    private void StartedByDdrescue(int length)
    {
        byte[] copy = new byte[length];
        Content.AsSpan(1000, int.Min(length, 5000) - 1000).CopyTo(copy.AsSpan(1000));
        _ = Folder.Write("destination", copy);
        File.WriteAllText(Map, "0 ? 1\n0 1000 ?\n1000 4000 +\n5000 6287690 ?\n");
    }

    /// <summary>One line, exit code 2, and every file as it was.</summary>
    /// <param name="arguments">The command line; names are in the folder.</param>
    /// <param name="mentions">Parts of the line.</param>
    private void Refuse(string arguments, params string[] mentions)
    {
        Dictionary<string, (long, string)> before = Files();
        Copymc.Run(["rescue", .. arguments.Split(' ').Select(word => word.StartsWith('-') ? word : Path.Combine(Folder.Path, word))])
            .ExpectOneLineOfError(2, mentions);
        Assert.Equal(before, Files());
    }

    /// <summary>The length of each file, and what it starts with.</summary>
    private Dictionary<string, (long Length, string Start)> Files() =>
        Directory.GetFiles(Folder.Path).ToDictionary(path => path, path =>
        {
            byte[] start = new byte[Content.Length];
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return (file.Length, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(start.AsSpan(0, file.Read(start)))));
        });
}
