namespace CopyMc;

/// <summary>Where the handler of CopyMc stands among the handlers of a signal.</summary>
public enum HandlerPosition
{
    /// <summary>Recovery from the signal is not enabled.</summary>
    NotEnabled = 0,

    /// <summary>The kernel calls the handler of CopyMc: copies recover.</summary>
    OnTop = 1,

    /// <summary>Another function was installed over the handler: copies recover if that function passes their faults on.</summary>
    Covered = 2,

    /// <summary>The signal has its default action (SIG_DFL), or is ignored, or the handler was installed without SA_SIGINFO: copies do not recover.</summary>
    Removed = 3,
}
