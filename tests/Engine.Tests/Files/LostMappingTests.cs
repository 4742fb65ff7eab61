using System.Diagnostics;
using CopyMc.Engine.Tests.Children;

namespace CopyMc.Engine.Tests.Files;

/// <summary>
/// The cases of three issues of dotnet/runtime. Plain code kills a child process, although it catches exceptions; with a
/// <see cref="MappedFileStream"/> it gets an exception and continues.
/// </summary>
public sealed class LostMappingTests : IDisposable
{
    private const int Length = 1 << 20, Lost = Length / 2;

    private readonly string _directory = Directory.CreateTempSubdirectory("copymc-").FullName;
    private bool _mounted;

    public LostMappingTests() => Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");

    public void Dispose()
    {
        if (_mounted)
            Command("umount", "--lazy", _directory);
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(LostMapping.ReadByte)]
    [InlineData(LostMapping.ReadDoubles)]
    [InlineData(LostMapping.ReadBlock)]
    [InlineData(LostMapping.WriteBlock)]
    public void A_file_that_is_truncated_while_mapped(string report)
    {
        string path = Path.Combine(_directory, "file");
        ExpectDeath(report, Make(path, Length), Lost);
        ExpectLoss(report, Make(path, Length), Lost, Lost);
    }

    /// <summary>A tmpfs that is smaller than a sparse file on it, with space for the first bytes.</summary>
    [Fact]
    public void Space_that_runs_out_behind_a_mapping()
    {
        string? refusal = Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _directory);
        Assert.SkipWhen(refusal is not null, $"A small file system cannot be mounted: {refusal}");
        _mounted = true;
        const long MoreThanThereIs = 16 << 20, Fits = 4 << 20;
        string path = Path.Combine(_directory, "file");
        ExpectDeath(LostMapping.WriteArray, MakeSparse(path, MoreThanThereIs), 0);
        ExpectLoss(LostMapping.WriteArray, MakeSparse(path, MoreThanThereIs), 0, Fits);
    }

    private static void ExpectDeath(string report, string path, long lost)
    {
        ChildResult plain = Run(report, LostMapping.Plain, path, lost);
        Assert.Contains(plain.ExitCode, (int[])[ChildResult.KilledBySigAbrt, ChildResult.KilledBySigBus]);
        Assert.DoesNotContain("caught", plain.Output);
    }

    private static void ExpectLoss(string report, string path, long lost, long expectedOffset)
    {
        ChildResult safe = Run(report, LostMapping.Safe, path, lost);
        Assert.Equal("", safe.Error);
        Assert.Equal(0, safe.ExitCode);
        Assert.Equal($"BusError at {expectedOffset}, {NativeRegion.PageSize} bytes", safe.Output.TrimEnd());
    }

    private static ChildResult Run(string report, string code, string path, long lost) =>
        ChildProcess.Run(nameof(LostMapping), report, code, path, lost.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string Make(string path, int length)
    {
        byte[] content = new byte[length];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string MakeSparse(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Create);
        file.SetLength(length);
        return path;
    }

    /// <summary>Returns null if the command succeeded, or its output.</summary>
    private static string? Command(string name, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return error.Message;
        }
    }
}
