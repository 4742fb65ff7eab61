namespace CopyMc;

/// <summary>The marks of one map. The ranges are within the map; every method but <see cref="Remove"/> throws if the map was removed.</summary>
/// <remarks>Thread-safe. Looking up takes no lock.</remarks>
internal abstract class PoisonMarks
{
    /// <summary>Marks the lines of a range.</summary>
    /// <exception cref="ObjectDisposedException">The map was removed.</exception>
    internal abstract void Mark(nuint offset, nuint length);

    /// <summary>Clears the lines of a range.</summary>
    /// <exception cref="ObjectDisposedException">The map was removed.</exception>
    internal abstract void Clear(nuint offset, nuint length);

    /// <summary>Bytes from <paramref name="offset"/> to the first byte in a marked line; <paramref name="length"/> if there is none.</summary>
    /// <exception cref="ObjectDisposedException">The map was removed.</exception>
    internal abstract nuint First(nuint offset, nuint length);

    /// <summary>The number of marked lines.</summary>
    /// <exception cref="ObjectDisposedException">The map was removed.</exception>
    internal abstract long Count();

    /// <summary>Removes the map and its marks from the registry. Removing it again does nothing.</summary>
    internal abstract void Remove();

    private protected static ObjectDisposedException Removed() => new(nameof(PoisonMap));
}
