using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;

namespace CopyMc.Diagnostics;

/// <summary>
/// The events of this process's copies and collapses, for EventPipe (<c>copymc watch</c>, <c>dotnet-trace</c>) and listeners in the
/// process. The provider's name is <c>CopyMc</c>. <see cref="EngineMeter"/> has the counters.
/// </summary>
/// <remarks>Thread-safe. Without a listener an event costs a load and a branch. A short, clean copy writes none.</remarks>
[EventSource(Name = ProviderName)]
internal sealed unsafe class EngineEventSource : EventSource
{
    internal const string ProviderName = "CopyMc";

    internal static readonly EngineEventSource Log = new();

    private EngineEventSource()
    {
    }

    /// <summary>The keywords of a session.</summary>
    public static class Keywords
    {
        /// <summary>Copies that a signal stopped, and handlers that may end recovery.</summary>
        public const EventKeywords Faults = (EventKeywords)1;

        /// <summary>Copies that a poison map stopped; verbose, because there can be millions per second.</summary>
        public const EventKeywords KnownPoison = (EventKeywords)2;

        /// <summary>Start and stop of copies of more than 32 KiB; verbose.</summary>
        public const EventKeywords Copies = (EventKeywords)4;

        /// <summary>Collapses that were committed or aborted.</summary>
        public const EventKeywords Collapses = (EventKeywords)8;
    }

    /// <summary>Poison or lost memory stopped a copy.</summary>
    [NonEvent]
    internal void Hit(in CopyFault fault)
    {
        if (fault.Kind != CopyFaultKind.KnownPoison)
            Fault((int)fault.Kind, (int)fault.Side, (long)fault.Address, (long)fault.Extent);
        else if (IsEnabled(EventLevel.Verbose, Keywords.KnownPoison))
            KnownPoison((long)fault.Address);
    }

    /// <summary>A signal stopped a copy.</summary>
    /// <param name="kind"><see cref="CopyFaultKind"/>.</param>
    /// <param name="side"><see cref="CopySide"/>.</param>
    /// <param name="address">The first byte lost.</param>
    /// <param name="extent">Bytes lost.</param>
    [Event(1, Level = EventLevel.Warning, Keywords = Keywords.Faults, Message = "Fault at {2}, {3} bytes")]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "All arguments are primitive.")]
    private void Fault(int kind, int side, long address, long extent)
    {
        // Sound: the pointers are to locals, which live until the event is written.
        EventData* data = stackalloc EventData[4];
        data[0] = new() { DataPointer = (nint)(&kind), Size = sizeof(int) };
        data[1] = new() { DataPointer = (nint)(&side), Size = sizeof(int) };
        data[2] = new() { DataPointer = (nint)(&address), Size = sizeof(long) };
        data[3] = new() { DataPointer = (nint)(&extent), Size = sizeof(long) };
        WriteEventCore(1, 4, data);
    }

    /// <summary>A poison map stopped a copy.</summary>
    /// <param name="address">The address of the poisoned line.</param>
    [Event(2, Level = EventLevel.Verbose, Keywords = Keywords.KnownPoison, Message = "Known poison at {0}")]
    private void KnownPoison(long address) => WriteEvent(2, address);

    /// <summary>A long copy starts.</summary>
    [Event(3, Level = EventLevel.Verbose, Keywords = Keywords.Copies, ActivityOptions = EventActivityOptions.Disable)]
    internal void CopyStart(long source, long destination, long byteCount) => WriteEvent(3, source, destination, byteCount);

    /// <summary>The long copy that this thread started ends.</summary>
    [Event(4, Level = EventLevel.Verbose, Keywords = Keywords.Copies, ActivityOptions = EventActivityOptions.Disable)]
    internal void CopyStop(long remaining) => WriteEvent(4, remaining);

    /// <summary>Pages were collapsed into a huge page. Counted without a listener too.</summary>
    [NonEvent]
    internal void CollapseCommitted()
    {
        Interlocked.Increment(ref EngineMeter.CommittedCollapses);
        if (IsEnabled())
            Committed();
    }

    /// <summary>A collapse was aborted and unwound. Counted without a listener too.</summary>
    /// <param name="resultCode">The result code.</param>
    [NonEvent]
    internal void CollapseAborted(int resultCode)
    {
        Interlocked.Increment(ref EngineMeter.AbortedCollapses);
        if (IsEnabled())
            Aborted(resultCode);
    }

    [Event(5, Level = EventLevel.Informational, Keywords = Keywords.Collapses, Message = "Collapse committed")]
    private void Committed() => WriteEvent(5);

    [Event(6, Level = EventLevel.Informational, Keywords = Keywords.Collapses, Message = "Collapse aborted: {0}")]
    private void Aborted(int resultCode) => WriteEvent(6, resultCode);

    /// <summary>The kernel calls another handler first. Written whenever a listener reads the meter while that is so.</summary>
    /// <param name="signal">SIGBUS or SIGSEGV.</param>
    /// <param name="position"><see cref="HandlerPosition"/>.</param>
    /// <param name="function">The function and its file; empty: there is none.</param>
    [Event(7, Level = EventLevel.Warning, Keywords = Keywords.Faults, Message = "{0} goes to {2}")]
    internal void HandlerReplaced(string signal, int position, string function) => WriteEvent(7, signal, position, function);
}
