using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Recovery;

/// <summary>Where the time of one recovery goes, from the first instruction of the native copy to its return.</summary>
/// <param name="Method">The kernel, or the floor.</param>
/// <param name="Role">What it is measured for.</param>
/// <param name="Source">The source of the poison.</param>
/// <param name="PrefixBytes">Bytes to copy before the poison, fewer than a block of the kernel, which the tail has to copy.</param>
/// <param name="Samples">Faults that were timed.</param>
/// <param name="DeliveryNanoseconds">From the call to the handler: the fault and the kernel's delivery of the signal.</param>
/// <param name="HandlerNanoseconds">The handler.</param>
/// <param name="ReturnNanoseconds">From the end of the handler until the thread runs again, by rt_sigreturn: the engine's handler cannot jump while the one that measures is over it.</param>
/// <param name="TailNanoseconds">From there to the return of the copy: the bytes that could still be copied.</param>
/// <param name="TotalNanoseconds">All four parts.</param>
internal sealed record SplitRow(
    string Method, CostRole Role, PoisonSource Source, int PrefixBytes, long Samples, Latencies DeliveryNanoseconds, Latencies HandlerNanoseconds,
    Latencies ReturnNanoseconds, Latencies TailNanoseconds, Latencies TotalNanoseconds);
