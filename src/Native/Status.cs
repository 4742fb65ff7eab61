namespace CopyMc.Native;

/// <summary>What a function returns; <c>copymc_status</c> in copymc.h.</summary>
internal enum Status
{
    Ok,
    Invalid,
    Handle,
    Busy,
    NoMemory,
    Unsupported,
    System,
    State,
    Panic,
    Stopped,
    Internal,
}
