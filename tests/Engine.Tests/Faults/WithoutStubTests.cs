using System.Diagnostics;
using System.Text.RegularExpressions;
using CopyMc.Engine.Tests.Copying;
using CopyMc.Engine.Tests.Poison;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>Where the stub cannot be loaded, everything but recovery keeps the contract: managed kernels over .NET's own maps.</summary>
public sealed partial class WithoutStubTests
{
    private static readonly string[] s_tests =
    [
        nameof(MapVectorTests), nameof(ManyMapsTests), nameof(PoisonMapTests), nameof(PoisonMapConcurrencyTests), nameof(KnownPoisonModelTests),
        nameof(LatePoisonTests), nameof(BadArgumentTests),
    ];

    /// <param name="withAvx2">Without it, no kernel streams.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copies_and_maps_keep_the_contract(bool withAvx2)
    {
        string from = Path.GetDirectoryName(typeof(WithoutStubTests).Assembly.Location)!;
        DirectoryInfo to = Directory.CreateTempSubdirectory("copymc-");
        try
        {
            foreach (string file in Directory.EnumerateFiles(from).Where(file => !file.Contains("libmce_stub", StringComparison.Ordinal)))
                File.Copy(file, Path.Combine(to.FullName, Path.GetFileName(file)));
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
            start.ArgumentList.Add(Path.Combine(to.FullName, Path.GetFileName(typeof(WithoutStubTests).Assembly.Location)));
            foreach (string tests in s_tests)
            {
                start.ArgumentList.Add("-class");
                start.ArgumentList.Add($"*{tests}");
            }
            start.Environment.Remove(KernelCatalog.EnvironmentVariable);
            start.Environment["TMPDIR"] = to.FullName;
            if (!withAvx2)
                start.Environment["DOTNET_EnableAVX2"] = "0";
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Match summary = Summary().Match(output);
            Assert.True(summary.Success && process.ExitCode == 0, output);
            Assert.Equal("0", summary.Groups["failed"].Value);
            Assert.InRange(int.Parse(summary.Groups["total"].Value) - int.Parse(summary.Groups["skipped"].Value), 80, int.MaxValue);
            // Native kernels and the stub's maps are skipped with the reason.
            Assert.Contains("libmce_stub.so could not be loaded", output);
        }
        finally
        {
            to.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"Total: (?<total>\d+), Errors: 0, Failed: (?<failed>\d+), Skipped: (?<skipped>\d+)")]
    private static partial Regex Summary();
}
