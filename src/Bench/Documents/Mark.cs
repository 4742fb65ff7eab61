namespace CopyMc.Bench.Documents;

/// <summary>How a cell of a table is set off.</summary>
internal enum Mark
{
    None,
    Strong,
    Good,
    Bad,
}
