namespace CopyMc.Bench.Results;

/// <summary>An input file is not valid. The message names the file and the place in it.</summary>
internal sealed class InvalidInputException(string message) : Exception(message);
