namespace CopyMc.Bench.Report;

/// <summary>The kind of code of a method.</summary>
internal enum MethodKind
{
    /// <summary>Not part of the engine, so that its changes are the machine's.</summary>
    Control,

    /// <summary>Code of the stub, called through the engine.</summary>
    Native,

    /// <summary>Compiled by each process, not always alike.</summary>
    Managed,
}
