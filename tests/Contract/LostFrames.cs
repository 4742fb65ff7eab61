namespace CopyMc.Contract;

/// <summary>Prints the number of page frames that the machine lost during the tests, if they may cost any.</summary>
public sealed class LostFrames : IDisposable
{
    /// <summary>Starts counting.</summary>
    public LostFrames() => RealPoison.Begin();

    /// <summary>Prints the count.</summary>
    public void Dispose()
    {
        if (RealPoison.IsAllowed)
            Console.WriteLine($"{RealPoison.FramesLost} page frames lost");
    }
}
