namespace CopyMc.Native;

/// <summary>A failure with its status.</summary>
internal sealed class StatusException(Status status, string message) : Exception(message)
{
    internal Status Status => status;
}
