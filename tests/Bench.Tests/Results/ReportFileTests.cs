using CopyMc.Bench.Machine;
using CopyMc.Bench.Probe;
using CopyMc.Bench.Results;

namespace CopyMc.Bench.Tests.Results;

public sealed class ReportFileTests
{
    [Fact]
    public void A_link_stays_a_link_and_what_it_points_to_is_written()
    {
        using var directory = new TemporaryDirectory();
        string target = directory.Write("target.json", [1, 2, 3]);
        File.CreateSymbolicLink(directory.File("link.json"), target);
        Write(directory.File("link.json"));
        Assert.NotNull(new FileInfo(directory.File("link.json")).LinkTarget);
        Assert.Equal((byte)'{', File.ReadAllBytes(target)[0]);
        Assert.Equal(2, Directory.GetFiles(directory.Path).Length);
    }

    [Fact]
    public void What_cannot_be_written_leaves_what_was_there_and_nothing_else()
    {
        using var directory = new TemporaryDirectory();
        var file = new ReportFile(directory.File("report.json"));
        Directory.CreateDirectory(directory.File("report.json"));
        Assert.Throws<IOException>(() => file.Write(Report()));
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Theory]
    [InlineData("input.json")]
    [InlineData("./input.json")]
    [InlineData("link.json")]
    [InlineData("linked/input.json")]
    [InlineData("linked/link.json")]
    public void What_the_command_reads_or_writes_besides_is_no_place_for_it(string name)
    {
        using var directory = new TemporaryDirectory();
        string input = directory.Write("input.json", [1, 2, 3]);
        File.CreateSymbolicLink(directory.File("link.json"), "input.json");
        Directory.CreateSymbolicLink(directory.File("linked"), directory.Path);
        string path = $"{directory.Path}/{name}";
        Assert.Contains(path, Assert.Throws<InvalidInputException>(() => new ReportFile(path, null, "-", input)).Message);
        Assert.Throws<InvalidInputException>(() => new ReportFile(input, path));
        _ = new ReportFile(directory.File("output.json"), input, path);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(input));
    }

    [Theory]
    [InlineData("--rounds", "1", "--smoke", "--input", "FILE", "--json", "FILE")]
    [InlineData("report", "FILE", "-o", "FILE")]
    [InlineData("report", "new.json", "--compare", "FILE", "-o", "FILE")]
    [InlineData("collapse", "FILE", "--json", "FILE")]
    [InlineData("collapse", "FILE", "--trace", "FILE")]
    [InlineData("collapse", "fork", "--json", "FILE", "--trace", "FILE")]
    [InlineData("bench", "salvage", "--smoke", "--json", "FILE", "--trace", "FILE")]
    [InlineData("watch", "1", "--json", "FILE", "--dump", "FILE")]
    public void A_command_leaves_its_own_files_alone(params string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("own.json", [1, 2, 3]);
        Copymc.Run([.. arguments.Select(argument => argument == "FILE" ? path : argument)]).ExpectOneLineOfError(2, path, "would overwrite");
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    private static void Write(string path) => new ReportFile(path).Write(Report());

    private static ProbeReport Report() => new() { Machine = MachineProbe.Run(CopyEngine.Shared) };
}
