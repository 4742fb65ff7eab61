// Copies over poison, and shows the engine's meter to Prometheus at the port on the command line.
using System.Globalization;
using System.Net;
using CopyMc;
using OpenTelemetry;
using OpenTelemetry.Metrics;

if (args.Length != 1 || !ushort.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
{
    Console.Error.WriteLine("The argument is the port to listen at, 1 to 65535.");
    return 2;
}
try
{
    using MeterProvider meters = Sdk.CreateMeterProviderBuilder()
        .AddMeter("CopyMc")
        .AddPrometheusHttpListener(listener => listener.Port = port)
        .Build();

    CopyEngine engine = CopyEngine.Shared;
    using var source = new NativeRegion(1 << 20);
    using var destination = new NativeRegion(1 << 20);
    // The first copy meets this page by a signal and marks it. Later copies know of it.
    PoisonInjector.Inject(source, offset: 512 << 10, FaultRecovery.IsSupported ? PoisonSource.TruncatedMapping : PoisonSource.Bitmap);

    Console.WriteLine($"http://localhost:{port}/metrics (Enter copies, Ctrl-D ends)");
    while (Console.ReadLine() is not null)
        Console.WriteLine($"{engine.Copy(source.Span, destination.Span)} bytes not copied");
    return 0;
}
catch (InvalidOperationException error) when (error.InnerException is HttpListenerException why)
{
    Console.Error.WriteLine($"Port {port}: {why.Message}");
    return 2;
}
