using System;
using System.Globalization;
using Diffusion.Benchmarks.Measuring;
using Diffusion.Benchmarks.Works;

namespace Diffusion.Benchmarks.Profile;

/// <summary>
/// Runs one work while oneDNN reports each primitive, in a process of its own: oneDNN reads its
/// setting only once.
/// </summary>
internal static class ProfiledRun
{
    /// <summary>The line before a run.</summary>
    public const string Begin = "profile-begin";

    /// <summary>Begins the line after a run; the seconds that it took follow.</summary>
    public const string End = "profile-end ";

    public const string Sampling = "sampling";
    public const string Training = "training";

    public static void Run(string work, string format, int repetitions)
    {
        var step = Work(work, Enum.Parse<Precision>(format));
        step.Run(); // makes buffers and programs, and reorders weights once and for all
        step.Run();
        for (var run = 0; run < repetitions; run++)
        {
            Console.WriteLine(Begin);
            var seconds = Rounds.Time(step);
            Console.WriteLine(End + seconds.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static Work Work(string name, Precision format) =>
        name == Training
            ? TrainingWork.Step(FashionMnist.Train(), format)
            : new SamplingWork(new Networks()).Step(100, format);
}
