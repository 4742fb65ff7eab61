using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CopyMc.Contract;

/// <summary>The assertions of promises. They throw a <see cref="ContractViolationException"/>.</summary>
internal static class Require
{
    internal static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            Fail($"expected {expected}, got {actual}");
    }

    internal static void NotEqual<T>(T unexpected, T actual)
    {
        if (EqualityComparer<T>.Default.Equals(unexpected, actual))
            Fail($"got {actual}, expected another value");
    }

    internal static void True([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string message = "")
    {
        if (!condition)
            Fail($"{message} does not hold");
    }

    internal static void False([DoesNotReturnIf(true)] bool condition, [CallerArgumentExpression(nameof(condition))] string message = "")
    {
        if (condition)
            Fail($"{message} holds");
    }

    [DoesNotReturn]
    internal static void Fail(string message) => throw new ContractViolationException(message);

    /// <summary>Reports that the promise cannot be tested here.</summary>
    [DoesNotReturn]
    internal static void Unavailable(string reason) => throw new UnavailableException(reason);
}
