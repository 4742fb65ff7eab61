namespace CopyMc.Bench.Report;

/// <summary>Whose code a method is.</summary>
internal enum MethodKind
{
    /// <summary>Not ours: no change of ours changes it, so that what changes there is the machine.</summary>
    Control,

    /// <summary>The stub's, through the engine.</summary>
    Native,

    /// <summary>Compiled anew, and not always alike, by every process.</summary>
    Managed,
}
