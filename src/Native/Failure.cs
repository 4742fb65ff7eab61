using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>Turns exceptions into a status and the message of the calling thread. No exception leaves the library.</summary>
internal static unsafe class Failure
{
    [ThreadStatic]
    private static ThreadMessage? t_message;

    /// <summary>The message of the thread's last failure.</summary>
    internal static byte* Message => t_message is { } message ? message.Text : Names.Empty;

    /// <summary>Keeps the message of an exception for the calling thread.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="chosen">The argument, or the environment variable, that chose what does not work on this computer; null if none did.</param>
    internal static Status Report(Exception error, string? chosen = null)
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
            Say(status == Status.Internal ? $"{error.GetType().Name}: {error.Message}" : Describe(error, chosen));
        }
        catch (OutOfMemoryException)
        {
            // The old message stays.
        }
        return status;
    }

    internal static void Say(string text) => (t_message ??= new ThreadMessage()).Set(text);

    /// <summary>The message of an exception, with its argument named first, as the header names it.</summary>
    private static string Describe(Exception error, string? chosen)
    {
        string message = error.Message;
        if (error is PlatformNotSupportedException && chosen is not null)
            return $"{chosen}: {message}";
        if (error is not ArgumentException { ParamName: { Length: > 0 } name })
            return message;
        int end = message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        if (end >= 0)
            message = message[..end];
        // As .NET words it: length ('0') must be a non-zero value.
        if (message.StartsWith($"{name} ('", StringComparison.Ordinal))
            message = string.Concat(message[name.Length..].Where(letter => letter is not ('(' or ')' or '\''))).TrimStart();
        return $"{NameInHeader(name)}: {message}";
    }

    /// <summary>What copymc.h calls a parameter of the engine.</summary>
    private static string NameInHeader(string parameter) => parameter switch
    {
        "name" => "options->kernel",
        "node" => "options->node",
        "memory" => "options->memory_bytes",
        "bytes" => "buffer",
        _ => Names.Words(parameter, '_'),
    };
}
