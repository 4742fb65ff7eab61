using System.Runtime.CompilerServices;

namespace CopyMc.Bench.Measuring;

/// <summary>The copies of a mixture: drawn once, from a fixed seed, so that every contender in every process makes the same ones in the same order.</summary>
internal sealed unsafe class MixedSizes
{
    /// <summary>Bytes of each buffer that the copies go over.</summary>
    internal const int WindowBytes = 256 << 10;

    /// <summary>So many that no branch predictor learns their order; a power of two.</summary>
    internal const int Count = 16384;

    /// <summary>Lengths of <see cref="SizeMixture.Fleet"/>, and how many of 256 quantiles each is.</summary>
    private static readonly (int Length, int Quantiles)[] s_fleet =
    [
        (0, 22), (1, 14), (2, 13), (3, 7), (4, 15), (5, 6), (6, 7), (7, 6), (8, 33), (9, 5), (10, 7), (11, 4), (12, 5), (13, 4), (14, 3), (15, 3),
        (16, 10), (17, 3), (18, 2), (19, 3), (20, 2), (21, 3), (22, 2), (23, 2), (24, 4), (25, 2), (26, 1), (27, 2), (28, 2), (29, 2), (30, 1), (31,
        3), (32, 4), (33, 1), (34, 2), (35, 1), (36, 2), (37, 1), (38, 1), (39, 1), (40, 1), (41, 1), (42, 1), (43, 1), (44, 1), (45, 1), (47, 1),
        (48, 1), (49, 1), (51, 1), (52, 1), (54, 1), (56, 1), (58, 1), (60, 1), (62, 1), (64, 2), (67, 1), (70, 1), (72, 1), (76, 1), (80, 1), (83,
        1), (88, 1), (94, 1), (99, 1), (106, 1), (114, 1), (124, 1), (130, 1), (144, 1), (157, 1), (174, 1), (196, 1), (223, 1), (256, 1), (289, 1),
        (365, 1), (505, 1), (605, 1), (742, 1), (1022, 1), (1903, 1), (3376, 1),
    ];

    private static readonly Lazy<MixedSizes>[] s_all = [.. Enum.GetValues<SizeMixture>().Select(mixture => new Lazy<MixedSizes>(() => new MixedSizes(mixture)))];

    // Pinned, so that the measured loop walks it by pointer.
    private readonly MixedCopy[] _copies = GC.AllocateUninitializedArray<MixedCopy>(Count, pinned: true);

    private MixedSizes(SizeMixture mixture)
    {
        var random = new Random(17);
        for (int i = 0; i < Count; i++)
        {
            int length = DrawLength(mixture, random);
            _copies[i] = new MixedCopy(DrawOffset(mixture, random, length), DrawOffset(mixture, random, length), (uint)length);
        }
        MeanBytes = _copies.Average(copy => copy.Length);
    }

    internal double MeanBytes { get; }

    internal MixedCopy* Copies => (MixedCopy*)Unsafe.AsPointer(ref _copies[0]);

    internal static MixedSizes Of(SizeMixture mixture) => s_all[(int)mixture].Value;

    private static int DrawLength(SizeMixture mixture, Random random) => mixture switch
    {
        SizeMixture.To128 => random.Next(1, 129),
        SizeMixture.To512 => random.Next(1, 513),
        SizeMixture.To4096 => random.Next(1, 4097),
        SizeMixture.LogarithmicTo64K => (int)Math.Pow(2, 16 * random.NextDouble()),
        SizeMixture.Pages => 4096,
        SizeMixture.Fleet => DrawFleet(random),
        _ => throw new ArgumentOutOfRangeException(nameof(mixture), mixture, null),
    };

    private static int DrawFleet(Random random)
    {
        int quantile = random.Next(256);
        return s_fleet.First(size => (quantile -= size.Quantiles) < 0).Length;
    }

    private static uint DrawOffset(SizeMixture mixture, Random random, int length)
    {
        int offset = random.Next(WindowBytes - length + 1);
        return (uint)(mixture == SizeMixture.Pages ? offset & ~4095 : offset);
    }
}
