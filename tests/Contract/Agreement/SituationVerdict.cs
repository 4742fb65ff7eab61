namespace CopyMc.Contract.Agreement;

/// <summary>The result of comparing a kernel's answers with the model's.</summary>
public enum SituationVerdict
{
    /// <summary>All answers agree.</summary>
    Agrees,

    /// <summary>An answer differs, or one that is marked as not modelled agrees.</summary>
    Differs,

    /// <summary>An answer differs, and the situation gives the reason.</summary>
    DiffersForAReason,

    /// <summary>The kernel or the machine lacks something that the situation needs.</summary>
    CannotBeSetUp,
}
