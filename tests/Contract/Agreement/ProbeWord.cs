namespace CopyMc.Contract.Agreement;

/// <summary>The words that the probe and the recorded outcomes use: an enumeration's name with a small first letter.</summary>
internal static class ProbeWord
{
    internal static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>Runs of equal values: <c>7 original, 1 unreadable, 504 original</c>.</summary>
    internal static string Runs<TEnum>(IEnumerable<TEnum> values)
        where TEnum : struct, Enum
    {
        var runs = new List<(TEnum Value, int Count)>();
        foreach (TEnum value in values)
        {
            if (runs.Count > 0 && EqualityComparer<TEnum>.Default.Equals(runs[^1].Value, value))
                runs[^1] = (value, runs[^1].Count + 1);
            else
                runs.Add((value, 1));
        }
        return string.Join(", ", runs.Select(run => $"{run.Count} {Of(run.Value)}"));
    }

    /// <summary>Words in a row: <c>huge, small</c>.</summary>
    internal static string List<TEnum>(IEnumerable<TEnum> values)
        where TEnum : struct, Enum => string.Join(", ", values.Select(Of));
}
