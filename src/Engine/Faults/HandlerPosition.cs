namespace CopyMc;

/// <summary>Where the handler of CopyMc stands among the handlers of a signal.</summary>
public enum HandlerPosition
{
    /// <summary>Nobody has enabled recovery.</summary>
    NotEnabled = 0,

    /// <summary>The kernel calls the handler of CopyMc: copies recover.</summary>
    OnTop = 1,

    /// <summary>Another function was installed over the handler: copies recover if that function passes their faults on.</summary>
    Covered = 2,

    /// <summary>SIG_DFL or SIG_IGN is set, or the handler without SA_SIGINFO: copies do not recover.</summary>
    Removed = 3,
}
