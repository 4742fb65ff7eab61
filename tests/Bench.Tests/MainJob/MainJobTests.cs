using System.Text.Json;

namespace CopyMc.Bench.Tests.MainJob;

/// <summary>The main job on real input: what it prints when piped, and what it writes.</summary>
public sealed class MainJobTests(MainJobRun run) : IClassFixture<MainJobRun>
{
    private JsonElement Throughput => run.Json.GetProperty("throughput");

    private JsonElement Recovery => run.Json.GetProperty("recovery");

    [Fact]
    public void Every_check_holds_and_the_exit_code_is_0()
    {
        run.Command.ExpectSuccess();
        Assert.Contains("Every check held", run.Command.Output);
        Assert.True(run.Json.GetProperty("everyCheckHeld").GetBoolean());
    }

    [Fact]
    public void Piped_output_has_no_escape_codes_no_bars_and_no_spaces_at_line_ends()
    {
        Assert.DoesNotContain('\u001b', run.Command.Output);
        Assert.DoesNotContain('\r', run.Command.Output);
        Assert.DoesNotContain('━', run.Command.Output);
        Assert.All(run.Command.Output.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void The_machine_part_names_every_kernel_and_every_poison_source_with_yes_or_a_reason()
    {
        JsonElement machine = run.Json.GetProperty("machine");
        string[] kernels = [.. machine.GetProperty("kernels").EnumerateArray().Select(kernel => kernel.GetProperty("name").GetString()!)];
        Assert.Equal(CopyKernel.All.Select(kernel => kernel.Name), kernels);
        Assert.All(kernels, kernel => Assert.Contains(kernel, run.Command.Output));
        Assert.Contains(machine.GetProperty("chosenKernel").GetString(), kernels);

        JsonElement[] sources = [.. machine.GetProperty("poisonSources").EnumerateArray()];
        Assert.Equal(Enum.GetNames<PoisonSource>(), sources.Select(source => source.GetProperty("source").GetString()));
        Assert.All(sources, source => Assert.Contains(
            source.GetProperty("unsupportedReason").GetString() ?? "yes",
            Line(run.Command.Output, $"{source.GetProperty("source").GetString()} poison")));
    }

    [Fact]
    public void Every_kernel_that_runs_here_and_the_unchecked_copies_are_measured_at_seven_points()
    {
        string[] names =
        [
            "CopyEngine.Shared", "NativeMemory.Copy", "Span.CopyTo", "C memcpy", .. CopyKernel.Available.Select(kernel => kernel.Name),
        ];
        JsonElement[] points = [.. Throughput.GetProperty("points").EnumerateArray()];
        Assert.Equal(
            ["64 B", "1 KiB", "4 KiB", "64 KiB", "2 MiB hot", "2 MiB cold", "64 MiB"],
            points.Select(point => point.GetProperty("name").GetString()));
        Assert.All(points, point => Assert.Equal(
            names, point.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("name").GetString())));
    }

    [Fact]
    public void Throughput_time_and_ratio_agree_with_one_another()
    {
        foreach (JsonElement point in Throughput.GetProperty("points").EnumerateArray())
        {
            long bytes = point.GetProperty("copyBytes").GetInt64();
            Assert.True(point.GetProperty("everyCopyComplete").GetBoolean());
            foreach (JsonElement method in point.GetProperty("methods").EnumerateArray())
            {
                JsonElement time = method.GetProperty("nanosecondsPerCopy"), ratio = method.GetProperty("ratioToNativeMemoryCopy");
                double expected = bytes / time.GetProperty("median").GetDouble() * 1e9 / (1 << 30);
                Assert.Equal(expected, method.GetProperty("medianGibibytesPerSecond").GetDouble(), expected * 1e-9);
                Assert.True(time.GetProperty("lower").GetDouble() <= time.GetProperty("median").GetDouble());
                Assert.True(time.GetProperty("median").GetDouble() <= time.GetProperty("upper").GetDouble());
                Assert.True(ratio.GetProperty("median").GetDouble() > 0);
                Assert.True(method.GetProperty("copiedExactly").GetBoolean());
                if (method.GetProperty("name").GetString() == "NativeMemory.Copy")
                    Assert.Equal(1, ratio.GetProperty("median").GetDouble());
            }
        }
    }

    [Fact]
    public void The_whole_input_is_copied_region_by_region_to_its_last_byte()
    {
        long length = new FileInfo(Recovery.GetProperty("inputPath").GetString()!).Length;
        Assert.Equal(length, Recovery.GetProperty("inputBytes").GetInt64());
        Assert.Equal((length + (2 << 20) - 1) / (2 << 20), Recovery.GetProperty("regions").GetInt64());
        foreach (JsonElement total in Recovery.GetProperty("totals").EnumerateArray())
            Assert.Equal(length, total.GetProperty("bytesCopied").GetInt64() + total.GetProperty("bytesNotCopied").GetInt64());
    }

    [Fact]
    public void Known_poison_stops_at_its_line_and_latent_poison_at_its_page()
    {
        foreach (JsonElement one in Recovery.GetProperty("cases").EnumerateArray())
        {
            long? line = one.GetProperty("poisonedOffsetBytes") is { ValueKind: JsonValueKind.Number } offset ? offset.GetInt64() : null;
            long copied = one.GetProperty("bytesCopied").GetInt64();
            Assert.Equal(one.GetProperty("regionBytes").GetInt64(), copied + one.GetProperty("bytesNotCopied").GetInt64());
            switch (one.GetProperty("poisonState").GetString())
            {
                case "Clean":
                    Assert.Equal(0, one.GetProperty("bytesNotCopied").GetInt64());
                    break;
                case "Known":
                    Assert.Equal(line, copied);
                    Assert.Equal("KnownPoison", one.GetProperty("faultKind").GetString());
                    break;
                default:
                    Assert.Equal(line & ~4095, copied);
                    Assert.Equal(copied, one.GetProperty("faultOffsetBytes").GetInt64());
                    Assert.True(one.GetProperty("mapHasLearned").GetBoolean());
                    break;
            }
        }
    }

    [Fact]
    public void Latent_poison_is_tried_wherever_the_chosen_kernel_recovers_and_is_skipped_with_a_reason_elsewhere()
    {
        bool tried = Recovery.GetProperty("cases").EnumerateArray().Any(one => one.GetProperty("poisonState").GetString() == "Latent");
        Assert.Equal(CopyEngine.Shared.Kernel.RecoversFromFaults, tried);
        Assert.Equal(tried, Recovery.GetProperty("latentSkippedReason").ValueKind == JsonValueKind.Null);
    }

    private static string Line(string output, string start) =>
        output.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));
}
