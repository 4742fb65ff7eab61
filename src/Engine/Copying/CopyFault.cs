namespace CopyMc;

/// <summary>Why a copy stopped, and where.</summary>
/// <param name="Kind">What stopped the copy; <see cref="CopyFaultKind.None"/> if nothing did.</param>
/// <param name="Side">The range that contains the bad memory.</param>
/// <param name="Address">The first byte of the lost memory, aligned to <paramref name="Extent"/>. It may lie before the copied range.</param>
/// <param name="Extent">Bytes lost from <paramref name="Address"/>: a line for known poison, else what the kernel reported (a page, a huge page).</param>
/// <param name="WrittenBeyond">
/// Whether bytes after the copied prefix may have been written: the poison was marked while the copy ran, or other threads of the same
/// copy were past it.
/// </param>
public readonly record struct CopyFault(CopyFaultKind Kind, CopySide Side, nuint Address, nuint Extent, bool WrittenBeyond = false);
