using CopyMc.Bench.Machine;
using CopyMc.Bench.MainJob;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tests.MainJob;

/// <summary>The main job on real input: what it prints when piped, and what it writes.</summary>
public sealed class MainJobTests(SmokeRuns runs)
{
    private MainJobReport Report { get; } = (MainJobReport)runs.MainJob.Result;

    private string Output { get; } = runs.MainJob.Command.Output;

    [Fact]
    public void Every_check_holds()
    {
        Assert.Contains("Every check held", Output);
        Assert.True(Report.EveryCheckHeld);
    }

    [Fact]
    public void Piped_output_has_no_escape_codes_no_bars_and_no_spaces_at_line_ends()
    {
        Assert.DoesNotContain('\u001b', Output);
        Assert.DoesNotContain('\r', Output);
        Assert.DoesNotContain('━', Output);
        Assert.All(Output.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void The_machine_part_names_every_kernel_and_every_poison_source_with_yes_or_a_reason()
    {
        string[] kernels = [.. Report.Machine.Kernels.Select(kernel => kernel.Name)];
        Assert.Equal(CopyKernel.All.Select(kernel => kernel.Name), kernels);
        Assert.All(kernels, kernel => Assert.Contains(kernel, Output));
        Assert.Contains(Report.Machine.ChosenKernel, kernels);
        Assert.Equal(Enum.GetValues<PoisonSource>(), Report.Machine.PoisonSources.Select(source => source.Source));
        foreach (PoisonSourceReport source in Report.Machine.PoisonSources)
        {
            string line = Output.Split('\n').Single(line => line.StartsWith($"{source.Source} poison", StringComparison.Ordinal));
            Assert.Contains(source.UnsupportedReason?.TrimEnd('.') ?? "yes", line);
        }
    }

    [Fact]
    public void Every_kernel_that_runs_here_and_the_unchecked_copies_are_measured_at_every_point()
    {
        string[] names =
        [
            "CopyEngine.Shared", "NativeMemory.Copy", "Span.CopyTo", "C memcpy", .. CopyKernel.Available.Select(kernel => kernel.Name),
        ];
        Assert.Equal(MeasurementPoint.MainJob.Select(point => point.Name), Report.Throughput.Points.Select(point => point.Name));
        Assert.All(Report.Throughput.Points, point => Assert.Equal(names, point.Methods.Select(method => method.Name)));
    }

    [Fact]
    public void The_whole_input_is_copied_region_by_region_to_its_last_byte()
    {
        long length = new FileInfo(Report.Recovery.InputPath).Length;
        Assert.Equal(length, Report.Recovery.InputBytes);
        Assert.Equal((length + (2 << 20) - 1) / (2 << 20), Report.Recovery.Regions);
        Assert.All(Report.Recovery.Totals, total => Assert.Equal(length, total.BytesCopied + total.BytesNotCopied));
    }

    [Fact]
    public void Known_poison_stops_at_its_line_and_latent_poison_at_its_page()
    {
        foreach (RecoveryCase one in Report.Recovery.Cases)
        {
            Assert.Equal(one.RegionBytes, one.BytesCopied + one.BytesNotCopied);
            switch (one.PoisonState)
            {
                case PoisonState.Clean:
                    Assert.Equal(0, one.BytesNotCopied);
                    break;
                case PoisonState.Known:
                    Assert.Equal(one.PoisonedOffsetBytes, one.BytesCopied);
                    Assert.Equal(CopyFaultKind.KnownPoison, one.FaultKind);
                    break;
                default:
                    Assert.Equal(one.PoisonedOffsetBytes & ~4095, one.BytesCopied);
                    Assert.Equal(one.BytesCopied, one.FaultOffsetBytes);
                    Assert.True(one.MapHasLearned);
                    break;
            }
        }
    }

    [Fact]
    public void Latent_poison_is_tried_wherever_the_chosen_kernel_recovers_and_is_skipped_with_a_reason_elsewhere()
    {
        bool tried = Report.Recovery.Cases.Any(one => one.PoisonState == PoisonState.Latent);
        Assert.Equal(CopyEngine.Shared.Kernel.RecoversFromFaults, tried);
        Assert.Equal(tried, Report.Recovery.LatentSkippedReason is null);
    }
}
