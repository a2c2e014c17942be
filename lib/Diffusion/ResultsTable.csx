#nullable enable
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

/// <summary>The experiments that were run, as comma-separated values: <c>data/results/quality.csv</c>.</summary>
public sealed class ResultsTable
{
    private static readonly string[] Columns =
    [
        "model",
        "solver",
        "steps",
        "eta",
        "scale",
        "images",
        "precision of the network",
        "seed",
        "seconds for 1000",
        "frechet",
        "plus or minus",
        "precision",
        "recall",
        "label agreement",
        "frechet per class",
        "classification accuracy score",
        "guide",
        "weights",
        "power",
        "guided from",
        "guided to",
    ];

    private readonly string path;
    private List<ExperimentResult> results;

    /// <param name="path">Read where it is there.</param>
    /// <exception cref="InvalidDataException">A line is not as this class writes it.</exception>
    public ResultsTable(string path)
    {
        this.path = path;
        results = Read(path);
    }

    /// <summary>The repository's own.</summary>
    public static ResultsTable Load() => new(Host.Find("data/results/quality.csv"));

    public IReadOnlyList<ExperimentResult> Results => results;

    /// <summary>The result of an experiment, or null where it was not run.</summary>
    public ExperimentResult? Of(Experiment experiment) =>
        results.FirstOrDefault(r => r.Experiment == experiment);

    /// <summary>Adds a result, in place of an earlier one of the same experiment, and writes the file.</summary>
    /// <exception cref="ArgumentException">The line could not be read back: nothing was changed.</exception>
    /// <exception cref="InvalidDataException">The file was changed meanwhile, and a line is not as this class writes it.</exception>
    public void Add(ExperimentResult result)
    {
        RequireReadable(result);
        // Measuring takes minutes, in which another process may have added its own.
        results = Read(path);
        results.RemoveAll(r => r.Experiment == result.Experiment);
        results.Add(result);
        WholeFile.Write(
            path,
            unfinished =>
                File.WriteAllLines(unfinished, [string.Join(',', Columns), .. results.Select(Line)])
        );
    }

    /// <summary>A name with a comma or a line's end would make another line than was meant.</summary>
    private static void RequireReadable(ExperimentResult result)
    {
        var line = Line(result);
        if (
            line.AsSpan().ContainsAny('\n', '\r')
            || line.Split(',').Length != Columns.Length
            || Parse(line.Split(',')).Experiment != result.Experiment
        )
            throw new ArgumentException(
                $"'{line}' would not be read back as it was meant: names may hold no comma and no line's end, a guide has a name, and only an experiment that teaches a classifier has an accuracy score."
            );
    }

    private static List<ExperimentResult> Read(string path)
    {
        List<ExperimentResult> read = [];
        if (!File.Exists(path))
            return read;
        var header = File.ReadLines(path).FirstOrDefault() ?? "";
        if (header != string.Join(',', Columns))
            throw new InvalidDataException(
                $"'{path}', line 1: '{(header.Length > 80 ? header[..80] : header)}' is not the head of a table of results: move the file elsewhere."
            );
        foreach (var (line, number) in File.ReadLines(path).Select((l, i) => (l, i + 1)).Skip(1))
        {
            try
            {
                read.Add(Parse(line.Split(',')));
            }
            catch (Exception e)
                when (e
                        is FormatException
                            or OverflowException
                            or IndexOutOfRangeException
                            or ArgumentException
                )
            {
                throw new InvalidDataException(
                    $"'{path}', line {number}: '{line}' is no result of an experiment; delete the line."
                );
            }
        }
        return read;
    }

    private static string Line(ExperimentResult result)
    {
        var (e, q) = (result.Experiment, result.Quality);
        string[] values =
        [
            e.Model,
            e.Solver,
            Text(e.Steps),
            Text(e.Eta),
            Text(e.Scale),
            Text(e.Count),
            e.Precision.ToString(),
            Text(e.Seed),
            Rounded(result.SecondsPerThousand),
            Rounded(q.Frechet),
            Rounded(q.HalfWidth),
            Rounded(q.Precision),
            Rounded(q.Recall),
            q.Agreement is double a ? Rounded(a) : "",
            string.Join(' ', q.FrechetPerClass.Select(Rounded)),
            q.AccuracyScore is double score ? Rounded(score) : "",
            e.Guide ?? "",
            result.WeightsVersion,
            Text(e.Power),
            e.Interval is (var low, _) ? Text(low) : "",
            e.Interval is (_, var high) ? Text(high) : "",
        ];
        return string.Join(',', values);
    }

    private static ExperimentResult Parse(string[] values)
    {
        int Whole(int column) => int.Parse(values[column], CultureInfo.InvariantCulture);
        double Number(int column) => double.Parse(values[column], CultureInfo.InvariantCulture);
        if (values.Length != Columns.Length)
            throw new FormatException($"{values.Length} values are not {Columns.Length}");
        return new ExperimentResult(
            new Experiment
            {
                Model = values[0],
                Solver = values[1],
                Steps = Whole(2),
                Eta = Number(3),
                Scale = Number(4),
                Count = Whole(5),
                Precision = Enum.Parse<Precision>(values[6]),
                Seed = long.Parse(values[7], CultureInfo.InvariantCulture),
                Teaches = values[15] != "",
                Guide = values[16] == "" ? null : values[16],
                Power = Number(18),
                Interval = values[19] == "" ? null : (Whole(19), Whole(20)),
            },
            Number(8),
            new Quality(
                Whole(5),
                Number(9),
                Number(10),
                Number(11),
                Number(12),
                values[13] == "" ? null : Number(13),
                values[14]
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(v => double.Parse(v, CultureInfo.InvariantCulture))
                    .ToArray(),
                values[15] == "" ? null : Number(15)
            ),
            values[17]
        );
    }

    private static string Text(IFormattable number) =>
        number.ToString(null, CultureInfo.InvariantCulture);

    private static string Rounded(double number) =>
        number.ToString("0.####", CultureInfo.InvariantCulture);
}
