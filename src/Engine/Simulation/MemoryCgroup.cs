namespace CopyMc.Simulation;

/// <summary>A memory control group, to which pages are charged up to a limit.</summary>
public sealed class MemoryCgroup
{
    internal MemoryCgroup(byte number) => Number = number;

    /// <summary>The limit of charged pages.</summary>
    public long LimitPages { get; set; } = long.MaxValue;

    /// <summary>Pages charged to it.</summary>
    public long ChargedPages { get; private set; }

    internal byte Number { get; }

    internal bool TryCharge(long pages)
    {
        if (ChargedPages + pages > LimitPages)
            return false;
        ChargedPages += pages;
        return true;
    }

    internal void Uncharge(long pages) => ChargedPages -= pages;
}
