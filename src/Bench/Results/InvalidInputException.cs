namespace CopyMc.Bench.Results;

/// <summary>A file that was given as input cannot be understood. The message names the file and the place in it.</summary>
internal sealed class InvalidInputException(string message) : Exception(message);
