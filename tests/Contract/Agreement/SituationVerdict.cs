namespace CopyMc.Contract.Agreement;

/// <summary>How a kernel's answers and the model's compare.</summary>
public enum SituationVerdict
{
    /// <summary>All are the same.</summary>
    Agrees,

    /// <summary>One differs, or does not although it is said to.</summary>
    Differs,

    /// <summary>One differs, and the situation says why.</summary>
    DiffersForAReason,

    /// <summary>The kernel or the machine lacks what the situation needs.</summary>
    CannotBeSetUp,
}
