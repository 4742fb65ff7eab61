namespace CopyMc.Bench.Tests.MainJob;

/// <summary>Inputs of all lengths, and inputs that are none.</summary>
public sealed class InputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(5_000)]
    [InlineData((2 << 20) - 1)]
    [InlineData((2 << 20) + 1)]
    public void Every_check_holds_whatever_the_length(int length)
    {
        using var directory = new TemporaryDirectory();
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        Copymc run = Copymc.Run("--smoke", "--rounds", "1", "--input", directory.Write("input", content)).ExpectSuccess();
        Assert.Contains($"as {(length > 2 << 20 ? "2 regions" : "1 region")} of", run.Output);
    }

    [Fact]
    public void A_kernel_that_does_not_recover_skips_latent_poison_and_says_so()
    {
        Copymc run = Copymc.Run("scalar", ["--smoke", "--rounds", "1"]).ExpectSuccess();
        Assert.Contains("Latent poison: skipped: the kernel scalar does not recover from faults", run.Output);
        Assert.Contains("latent poison was skipped", run.Output);
        Assert.Contains("COPYMC_KERNEL", run.Output);
    }

    [Fact]
    public void An_input_that_is_not_there() => Copymc.Run("--input", "/no/such/file").ExpectOneLineOfError(3, "/no/such/file");

    [Fact]
    public void A_directory_as_input() => Copymc.Run("--input", Path.GetTempPath()).ExpectOneLineOfError(3, "is a directory");

    [Fact]
    public void A_name_that_begins_with_an_at_sign() => Copymc.Run("--input", "@no/such/file").ExpectOneLineOfError(3, "@no/such/file");

    [Fact]
    public void An_empty_input()
    {
        using var directory = new TemporaryDirectory();
        Copymc.Run("--input", directory.Write("empty", [])).ExpectOneLineOfError(3, "is empty");
    }
}
