using Diffusion.Benchmarks.Memory;
using Diffusion.Benchmarks.Profile;

namespace Diffusion.Benchmarks.Commands;

/// <summary>What this program does when it has started itself; not for people.</summary>
internal static class ChildCommands
{
    public const string FirstFigure = "child-first-figure";
    public const string Memory = "child-memory";
    public const string Profile = "child-profile";

    /// <summary>Runs the command if it is one of these.</summary>
    public static bool TryRun(string[] args)
    {
        if (args is not [FirstFigure or Memory or Profile, ..])
            return false;
        Setup.Apply();
        switch (args)
        {
            case [FirstFigure]:
                Works.FirstFigure.Draw();
                break;
            case [Memory, var sampling, var training]:
                MemoryRun.Run(int.Parse(sampling), int.Parse(training));
                break;
            case [Profile, var work, var format, var repetitions]:
                ProfiledRun.Run(work, format, int.Parse(repetitions));
                break;
        }
        return true;
    }
}
