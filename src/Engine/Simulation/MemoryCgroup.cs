namespace CopyMc.Simulation;

/// <summary>A memory control group: what its members' pages are charged to, up to a limit.</summary>
public sealed class MemoryCgroup
{
    internal MemoryCgroup(byte number) => Number = number;

    /// <summary>Pages it may hold.</summary>
    public long LimitPages { get; set; } = long.MaxValue;

    /// <summary>Pages it holds.</summary>
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
