using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace CopyMc.Engine.Tests.Diagnostics;

/// <summary>What Prometheus reads from samples/prometheus: the meter's names, units, tags and values.</summary>
public sealed partial class PrometheusSampleTests : IDisposable
{
    private const string LongBytes = "copymc_memory_copied_bytes_total{copymc_copy_length=\"long\"}";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _client = new();
    private readonly CancellationTokenSource _time = new(s_patience);
    private Process? _sample;

    public void Dispose()
    {
        if (_sample is { HasExited: false })
        {
            _sample.Kill();
            _sample.WaitForExit();
        }
        _sample?.Dispose();
        _client.Dispose();
        _time.Dispose();
    }

    [Fact]
    public async Task Prometheus_reads_every_instrument_and_its_values()
    {
        int port = FreePort();
        _sample = Start(Text(port));
        string address = $"http://localhost:{port}/metrics";
        Assert.StartsWith(address, await Line());

        // The first reading starts the counting.
        Assert.Equal(Expected(copies: 0, bytes: 0, known: 0, busErrors: 0), Values(await Read(address)));
        bool recovers = FaultRecovery.IsSupported;
        foreach (int copies in (int[])[1, 2, 3])
        {
            await _sample.StandardInput.WriteLineAsync();
            Assert.Equal("524288 bytes not copied", await Line());
            Dictionary<string, string> expected = Expected(copies, copies * 524288, known: recovers ? copies - 1 : copies, busErrors: recovers ? 1 : 0);
            // The exporter repeats an answer that is younger than 300 ms.
            string answer = await Read(address);
            while (Values(answer)[LongBytes] != expected[LongBytes])
                answer = await Read(address);
            Assert.Equal(expected, Values(answer));
        }

        string text = await Read(address, "application/openmetrics-text; version=1.0.0");
        Assert.Equal(
            [
                "TYPE copymc_collapses counter", "TYPE copymc_copies counter", "TYPE copymc_memory_copied_bytes counter", "TYPE copymc_poison_hits counter",
                "TYPE copymc_signal_handler_on_top gauge", "UNIT copymc_memory_copied_bytes bytes",
            ],
            Descriptions().Matches(text).Select(match => match.Groups[1].Value).Where(line => recovers || !line.Contains("signal_handler")).Order(StringComparer.Ordinal));
        Assert.Equal([$"CopyMc {typeof(CopyEngine).Assembly.GetName().Version!.ToString(3)}"], Scopes().Matches(text).Select(match => $"{match.Groups[1]} {match.Groups[2]}").Distinct());

        _sample.StandardInput.Close();
        await _sample.WaitForExitAsync(_time.Token);
        Assert.Equal(0, _sample.ExitCode);
    }

    [Theory]
    [InlineData]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("x")]
    [InlineData("9464", "9464")]
    public async Task What_is_no_port_is_refused(params string[] arguments) => Assert.Equal("The argument is the port to listen at, 1 to 65535.\n", await Refusal(arguments));

    [Fact]
    public async Task A_port_that_is_taken_is_refused()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string port = Text(((IPEndPoint)other.LocalEndpoint).Port);
        Assert.Equal($"Port {port}: Address already in use\n", await Refusal(port));
    }

    private async Task<string> Refusal(params string[] arguments)
    {
        _sample = Start(arguments);
        string error = await _sample.StandardError.ReadToEndAsync(_time.Token);
        await _sample.WaitForExitAsync(_time.Token);
        Assert.Equal(2, _sample.ExitCode);
        return error;
    }

    private static Dictionary<string, string> Expected(int copies, int bytes, int known, int busErrors)
    {
        var expected = new Dictionary<string, string>
        {
            ["copymc_collapses_total{copymc_collapse_outcome=\"committed\"}"] = "0",
            ["copymc_collapses_total{copymc_collapse_outcome=\"aborted\"}"] = "0",
            ["copymc_copies_total{copymc_copy_length=\"long\"}"] = Text(copies),
            ["copymc_copies_total{copymc_copy_length=\"short\"}"] = "0",
            [LongBytes] = Text(bytes),
            ["copymc_memory_copied_bytes_total{copymc_copy_length=\"short\"}"] = "0",
            ["copymc_poison_hits_total{copymc_fault_kind=\"known_poison\"}"] = Text(known),
            ["copymc_poison_hits_total{copymc_fault_kind=\"machine_check\"}"] = "0",
            ["copymc_poison_hits_total{copymc_fault_kind=\"bus_error\"}"] = Text(busErrors),
            ["copymc_poison_hits_total{copymc_fault_kind=\"access_violation\"}"] = "0",
        };
        if (FaultRecovery.IsSupported)
            expected["copymc_signal_handler_on_top{copymc_signal_name=\"SIGBUS\"}"] = "1";
        return expected;
    }

    /// <summary>The samples of the engine's meter, without the labels that name it.</summary>
    private static Dictionary<string, string> Values(string text) => Samples().Matches(text)
        .ToDictionary(match => $"{match.Groups[1]}{{{match.Groups[2]}}}", match => match.Groups[3].Value);

    [GeneratedRegex("""^(copymc_\w+)\{otel_scope_name="CopyMc",otel_scope_version="[\d.]+",(.*)\} (\S+)$""", RegexOptions.Multiline)]
    private static partial Regex Samples();

    [GeneratedRegex(@"^# ((?:TYPE|UNIT) copymc_.*)$", RegexOptions.Multiline)]
    private static partial Regex Descriptions();

    [GeneratedRegex("""otel_scope_name="(.*?)",otel_scope_version="(.*?)",""")]
    private static partial Regex Scopes();

    private static Process Start(params string[] arguments)
    {
        // The sample is built beside these tests: the last three folders are the same.
        string[] output = AppContext.BaseDirectory.TrimEnd('/').Split('/')[^3..];
        string sample = Path.Combine([AppContext.BaseDirectory, "../../../../../samples/prometheus", .. output, "CopyMc.Samples.Prometheus.dll"]);
        return Process.Start(new ProcessStartInfo("dotnet", [sample, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private async Task<string?> Line() => await _sample!.StandardOutput.ReadLineAsync(_time.Token);

    private async Task<string> Read(string address, string format = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", format } } };
        using HttpResponseMessage response = await _client.SendAsync(request, _time.Token);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(_time.Token);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
