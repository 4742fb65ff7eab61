using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Recovery;

/// <summary>Where the time of one recovery goes, from the first instruction of the native copy to its return.</summary>
internal sealed record SplitRow
{
    /// <summary>The kernel, or the floor.</summary>
    public required string Method { get; init; }
    public required CostRole Role { get; init; }
    public required PoisonSource Source { get; init; }

    /// <summary>Bytes to copy before the poison, fewer than a block of the kernel: what the tail has to finish.</summary>
    public required int PrefixBytes { get; init; }
    public required long Samples { get; init; }

    /// <summary>From the call to the handler: the fault, and what the kernel does until the handler runs.</summary>
    public required Latencies DeliveryNanoseconds { get; init; }

    /// <summary>The handler.</summary>
    public required Latencies HandlerNanoseconds { get; init; }

    /// <summary>From the end of the handler until the thread runs again: rt_sigreturn.</summary>
    public required Latencies ReturnNanoseconds { get; init; }

    /// <summary>From there to the return of the copy: what could still be copied.</summary>
    public required Latencies TailNanoseconds { get; init; }
    public required Latencies TotalNanoseconds { get; init; }
}
