using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CopyMc.Contract.Agreement;

namespace CopyMc.Contract;

/// <summary>
/// Lists the promises of a class: each public method with every combination of its parameters' values, on a new instance.
/// </summary>
public static class PromiseList
{
    /// <summary>Lists the promises of one class.</summary>
    public static IReadOnlyList<Promise> Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>()
        where T : new() =>
        [.. typeof(T).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.Name != nameof(IDisposable.Dispose))
            .SelectMany(method => Combinations(method.GetParameters()).Select(arguments => Make<T>(method, arguments)))];

    private static Promise Make<T>(MethodInfo method, object[] arguments)
        where T : new()
    {
        string sentence = $"{typeof(T).Name}: {method.Name.Replace('_', ' ')}";
        string choice = string.Join(", ", method.GetParameters().Zip(arguments, (parameter, value) => value is bool ? $"{parameter.Name}: {value}" : $"{value}"));
        return new Promise(choice.Length == 0 ? sentence : $"{sentence} ({choice})", UnavailableReason(arguments), () =>
        {
            T promises = new();
            using var ending = promises as IDisposable;
            _ = method.Invoke(promises, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        });
    }

    private static IEnumerable<object[]> Combinations(ParameterInfo[] parameters)
    {
        bool faults = parameters.Any(parameter => parameter.ParameterType == typeof(PoisonSource) || parameter.ParameterType == typeof(PoisonedFrames));
        IEnumerable<object[]> combinations = [[]];
        foreach (ParameterInfo parameter in parameters)
        {
            // Not generic, because it must work with NativeAOT.
            object[] values = Values(parameter.ParameterType, faults);
            combinations = [.. combinations.SelectMany(combination => values.Select(value => (object[])[.. combination, value]))];
        }
        return combinations;
    }

    private static object[] Values(Type type, bool faults)
    {
        if (type == typeof(CopyKernel))
            return [.. CopyKernel.All.Where(kernel => kernel.RecoversFromFaults || !faults)];
        if (type == typeof(PoisonSource))
            return [.. Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.Bitmap).Cast<object>()];
        if (type == typeof(PoisonedFrames))
            return [PoisonedFrames.Machine];
        if (type == typeof(SituationFile))
            return [.. SituationFile.All];
        if (type == typeof(RegionKind))
            return [.. RegionKind.All.Cast<object>()];
        if (type == typeof(bool))
            return [false, true];
        throw new ArgumentException($"A promise cannot have a parameter of type {type}.", nameof(type));
    }

    private static string? UnavailableReason(object[] arguments) => arguments.Select(argument => argument switch
    {
        CopyKernel kernel => kernel.UnsupportedReason,
        PoisonSource source => FaultRecovery.UnsupportedReason ?? RealPoison.UnusableReason(source),
        PoisonedFrames => PoisonedFrames.UnsupportedReason,
        SituationFile => SituationKernel.UnsupportedReason,
        _ => null,
    }).FirstOrDefault(reason => reason is not null);
}
