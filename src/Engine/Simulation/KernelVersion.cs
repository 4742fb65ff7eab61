using System.Diagnostics.CodeAnalysis;

namespace CopyMc.Simulation;

/// <summary>A kernel whose behaviour can be modelled. <see cref="KernelBehavior.Differences"/> lists the differences.</summary>
public sealed class KernelVersion
{
    private readonly int _major, _minor;

    private KernelVersion(int major, int minor)
    {
        _major = major;
        _minor = minor;
    }

    /// <summary>Linux 6.1: has <c>MADV_COLLAPSE</c>. A collapse copies without recovery: poison in a page is a <see cref="KernelPanicException"/>.</summary>
    public static KernelVersion Linux601 { get; } = new(6, 1);

    /// <summary>Linux 6.4: a collapse recovers from poison.</summary>
    public static KernelVersion Linux604 { get; } = new(6, 4);

    /// <summary>Linux 6.12.</summary>
    public static KernelVersion Linux612 { get; } = new(6, 12);

    /// <summary>Linux 6.18, with which the model was compared most thoroughly. The default.</summary>
    public static KernelVersion Linux618 { get; } = new(6, 18);

    /// <summary>Linux 7.0.</summary>
    public static KernelVersion Linux700 { get; } = new(7, 0);

    /// <summary>Linux 7.3.</summary>
    public static KernelVersion Linux703 { get; } = new(7, 3);

    /// <summary>The kernels that can be modelled, the oldest first.</summary>
    public static IReadOnlyList<KernelVersion> All { get; } = [Linux601, Linux604, Linux612, Linux618, Linux700, Linux703];

    /// <summary>The name, such as <c>6.18</c>.</summary>
    public string Name => $"{_major}.{_minor}";

    /// <summary>The behaviour of this kernel where kernels differ.</summary>
    public KernelBehavior Behavior => field ??= new KernelBehavior(this);

    /// <summary>Finds a kernel by its <see cref="Name"/>.</summary>
    /// <param name="name">A name, such as <c>6.18</c>.</param>
    /// <param name="kernel">The kernel; <see langword="null"/> if the result is false.</param>
    /// <returns>False if no kernel that can be modelled has the name.</returns>
    public static bool TryParse(string? name, [NotNullWhen(true)] out KernelVersion? kernel)
    {
        kernel = All.FirstOrDefault(known => known.Name == name);
        return kernel is not null;
    }

    /// <summary>Tells whether this kernel is a release or a later one.</summary>
    /// <param name="other">The release.</param>
    /// <returns>True if this kernel is not older.</returns>
    public bool IsAtLeast(KernelVersion other) => (_major, _minor).CompareTo((other._major, other._minor)) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"Linux {Name}";

    /// <summary>A release in <see cref="KernelBehavior.Differences"/>, which need not be one that can be modelled.</summary>
    internal static KernelVersion Release(int major, int minor) => new(major, minor);
}
