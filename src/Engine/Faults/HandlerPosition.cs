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

    /// <summary>SIG_DFL, SIG_IGN or the handler from before is back: copies do not recover.</summary>
    Removed = 3,
}
