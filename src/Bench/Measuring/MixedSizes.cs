using System.Globalization;
using System.Runtime.CompilerServices;

namespace CopyMc.Bench.Measuring;

/// <summary>The copies of a mixture: drawn once, from a fixed seed, so that every contender in every process makes the same ones in the same order.</summary>
internal sealed unsafe class MixedSizes
{
    /// <summary>Bytes of each buffer that the copies go over.</summary>
    internal const int WindowBytes = 256 << 10;

    /// <summary>
    /// A power of two, and so many that no branch predictor learns their order. That of a Zen 5 learns 4,096 copies, which then take a quarter of the
    /// time, and a part of 16,384; more than 65,536 take no longer.
    /// </summary>
    internal const int Count = 65536;

    private static readonly Lazy<MixedSizes>[] s_all = [.. Enum.GetValues<SizeMixture>().Select(mixture => new Lazy<MixedSizes>(() => new MixedSizes(mixture)))];

    // Pinned, so that the measured loop walks it by pointer.
    private readonly MixedCopy[] _copies = GC.AllocateUninitializedArray<MixedCopy>(Count, pinned: true);

    private MixedSizes(SizeMixture mixture)
    {
        var random = new Random(17);
        Func<int> drawLength = Lengths(mixture, random);
        for (int i = 0; i < Count; i++)
        {
            int length = drawLength();
            _copies[i] = new MixedCopy(DrawOffset(mixture, random, length), DrawOffset(mixture, random, length), (uint)length);
        }
        MeanBytes = _copies.Average(copy => copy.Length);
    }

    internal double MeanBytes { get; }

    internal MixedCopy* Copies => (MixedCopy*)Unsafe.AsPointer(ref _copies[0]);

    internal static MixedSizes Of(SizeMixture mixture) => s_all[(int)mixture].Value;

    private static Func<int> Lengths(SizeMixture mixture, Random random) => mixture switch
    {
        SizeMixture.To128 => () => random.Next(1, 129),
        SizeMixture.To512 => () => random.Next(1, 513),
        SizeMixture.To4096 => () => random.Next(1, 4097),
        SizeMixture.LogarithmicTo64K => () => (int)Math.Pow(2, 16 * random.NextDouble()),
        SizeMixture.Pages => () => 4096,
        SizeMixture.GoogleFleet => Published("google_fleet", random),
        SizeMixture.GoogleA => Published("google_a", random),
        SizeMixture.GoogleD => Published("google_d", random),
        _ => throw new ArgumentOutOfRangeException(nameof(mixture), mixture, null),
    };

    /// <summary>Draws one of the quantiles in a file of native/memcpy_lengths, whose lines are a length and how many quantiles have it.</summary>
    private static Func<int> Published(string name, Random random)
    {
        using var reader = new StreamReader(typeof(MixedSizes).Assembly.GetManifestResourceStream($"memcpy_lengths/{name}.csv")!);
        int[] quantiles =
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))
                .SelectMany(fields => Enumerable.Repeat(int.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture))),
        ];
        return () => quantiles[random.Next(quantiles.Length)];
    }

    private static uint DrawOffset(SizeMixture mixture, Random random, int length)
    {
        int offset = random.Next(WindowBytes - length + 1);
        return (uint)(mixture == SizeMixture.Pages ? offset & ~4095 : offset);
    }
}
