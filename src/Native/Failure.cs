using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>Turns exceptions into a status and the message of the calling thread. No exception leaves the library.</summary>
internal static unsafe class Failure
{
    [ThreadStatic]
    private static ThreadMessage? t_message;

    /// <summary>The message of the thread's last failure.</summary>
    internal static byte* Message => t_message is { } message ? message.Text : Names.Empty;

    internal static Status Report(Exception error)
    {
        Status status = error switch
        {
            StatusException failure => failure.Status,
            KernelPanicException => Status.Panic,
            ObjectDisposedException => Status.Handle,
            ArgumentException => Status.Invalid,
            OutOfMemoryException => Status.NoMemory,
            PlatformNotSupportedException => Status.Unsupported,
            IOException or UnauthorizedAccessException => Status.System,
            InvalidOperationException => Status.State,
            _ => Status.Internal,
        };
        try
        {
            Say(status == Status.Internal ? $"{error.GetType().Name}: {error.Message}" : Describe(error));
        }
        catch (OutOfMemoryException)
        {
            // The old message stays.
        }
        return status;
    }

    internal static void Say(string text) => (t_message ??= new ThreadMessage()).Set(text);

    /// <summary>The message of an exception of the engine, with its argument named first, as the header names it.</summary>
    private static string Describe(Exception error)
    {
        if (error is not ArgumentException { ParamName: { Length: > 0 } name })
            return error.Message;
        string message = error.Message;
        int end = message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return $"{Names.Words(name, '_')}: {(end < 0 ? message : message[..end])}";
    }
}
