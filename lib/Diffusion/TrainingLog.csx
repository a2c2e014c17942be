#nullable enable
using System.Globalization;
using System.IO;
using System.Linq;

/// <summary>A training's steps as comma-separated values: step, epoch, mean loss, rate.</summary>
/// <remarks>A line is written at once, so that a kill loses none; lines behind the checkpoint are taken back.</remarks>
public sealed class TrainingLog
{
    /// <summary>Of the file.</summary>
    public const string Name = "log.csv";

    /// <summary>Its first line.</summary>
    public const string Header = "step,epoch,loss,mean of the last 100,rate";

    private readonly string path;

    /// <param name="folder">Where the file is, or will be; written on where it is there.</param>
    /// <param name="files">That folder's.</param>
    /// <param name="step">Lines of later steps are removed.</param>
    public TrainingLog(string folder, OwnFiles files, int step)
    {
        path = Path.Combine(folder, Name);
        var kept = File.Exists(path)
            ? File.ReadLines(path)
                .Skip(1)
                .Where(line =>
                    int.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out var number)
                    && number <= step
                    && line.Split(',').Length == 5
                )
                .ToArray()
            : [];
        files.Write(Name, unfinished => File.WriteAllLines(unfinished, [Header, .. kept]));
    }

    public void Add(TrainingStep step) =>
        File.AppendAllText(
            path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{step.Number},{step.Epoch},{step.Loss:g6},{step.RecentLoss:g6},{step.LearningRate:g6}\n"
            )
        );
}
