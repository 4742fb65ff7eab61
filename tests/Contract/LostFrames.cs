namespace CopyMc.Contract;

/// <summary>Prints how many page frames the machine lost while the tests ran, where they may take any.</summary>
public sealed class LostFrames : IDisposable
{
    /// <summary>Starts to count.</summary>
    public LostFrames() => RealPoison.Begin();

    /// <summary>Prints the count.</summary>
    public void Dispose()
    {
        if (RealPoison.IsAsked)
            Console.WriteLine($"{RealPoison.FramesLost} page frames lost");
    }
}
