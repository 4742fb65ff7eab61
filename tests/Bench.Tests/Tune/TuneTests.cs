using CopyMc.Bench.Tune;

namespace CopyMc.Bench.Tests.Tune;

/// <summary><c>copymc tune</c>, and profiles in <c>COPYMC_TUNING</c>.</summary>
public sealed class TuneTests(SmokeRuns runs) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_measures_every_way_and_chooses_every_value()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        var report = (TuneReport)runs.Bench("tune").Result;
        string[] ways = [.. Way.All().Select(way => way.Name)];
        Assert.All(report.Hinted.Concat(report.Read), point => Assert.Equal(ways, point.Ways.Select(way => way.Way)));
        Assert.All(report.Warm.Concat(report.Apart).Concat(report.Hinted).Concat(report.Read).SelectMany(point => point.Ways), way => Assert.True(way.Nanoseconds.Median > 0));
        Assert.Equal(Environment.ProcessorCount > 1 ? [1, Environment.ProcessorCount] : [1], report.Read.Select(point => point.Threads).Distinct());
        Assert.Equal(
            ["loop", .. ways.Contains(Way.StringCopy) ? ["string_copy_above"] : Array.Empty<string>()], report.Choices.Select(choice => choice.Key).Take(ways.Contains(Way.StringCopy) ? 2 : 1));
        Assert.Contains("streams_hinted_from", report.Choices.Select(choice => choice.Key));
        Assert.Contains("streams_from", report.Choices.Select(choice => choice.Key));
    }

    [Fact]
    public void The_engine_uses_the_profile_that_it_writes()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        string profile = _directory.File("copymc.tuning");
        Copymc.Run("tune", "--smoke", "--output", profile).ExpectSuccess();
        Copymc probe = Copymc.RunTuned(profile, "probe").ExpectSuccess();
        Assert.Contains($"profile {profile}", probe.Output.ReplaceLineEndings(" "));

        // Every value, and the kernels, with some that no table has.
        string text = File.ReadAllText(profile);
        string name = text.Split('\n').Single(line => line.StartsWith("kernel ", StringComparison.Ordinal))["kernel ".Length..];
        string plain = name.Replace("-erms", "", StringComparison.Ordinal);
        File.WriteAllText(profile, text.Replace($"kernel {name}", $"kernel {plain}", StringComparison.Ordinal));
        probe = Copymc.RunTuned(profile, "probe").ExpectSuccess();
        Assert.Contains($"{plain}: the profile names it", probe.Output);
        Assert.Contains("native-sse2: COPYMC_KERNEL", CopyKernel.Find("native-sse2").IsSupported ? Both(profile).Output : "native-sse2: COPYMC_KERNEL");
    }

    [Fact]
    public void A_profile_that_does_not_fit_is_told_once_and_the_table_decides()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        string profile = _directory.File("copymc.tuning");
        File.WriteAllText(profile, "copymc-tuning 1\ncpu Intel 6 1\n");
        foreach ((string path, string reason) in new[] { (profile, "line 2: it is for the CPU Intel 6 1"), ("/no/such/profile", "No such file") })
        {
            Copymc probe = Copymc.RunTuned(path, "probe");
            Assert.Equal(0, probe.ExitCode);
            Assert.StartsWith($"CopyMc: COPYMC_TUNING: {path}", probe.Error);
            Assert.Contains(reason, probe.Error);
            Assert.Single(probe.Error.TrimEnd('\n').Split('\n'));
            Assert.Contains("not used: ", probe.Output);
            Assert.Contains(CopyTuning.Current.Source, probe.Output.ReplaceLineEndings(" "));
        }
    }

    [Fact]
    public void A_profile_that_cannot_be_written_is_told_before_anything_is_measured() =>
        Copymc.Run("tune", "--output", "/no/such/directory/profile").ExpectOneLineOfError(3, "/no/such/directory/profile");

    [Fact]
    public void The_profile_and_the_result_are_two_files()
    {
        string file = _directory.File("both");
        Copymc.Run("tune", "--smoke", "--output", file, "--json", file).ExpectOneLineOfError(2, file);
    }

    private static Copymc Both(string profile)
    {
        using System.Diagnostics.Process process = Copymc.Start("native-sse2", ["probe"], profile);
        return Copymc.WaitFor(process).ExpectSuccess();
    }
}
