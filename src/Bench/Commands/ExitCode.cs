namespace CopyMc.Bench.Commands;

/// <summary>How <c>copymc</c> ends.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done, and every check held.</summary>
    internal const int Success = 0;

    /// <summary>A check failed, something could not be read or written, or bytes were lost.</summary>
    internal const int Failure = 1;

    /// <summary>The command line, or a file given as input, cannot be understood, or what is asked for cannot be started.</summary>
    internal const int Usage = 2;
}
