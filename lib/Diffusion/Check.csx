#nullable enable
using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// The assertions of the notebooks: what a chapter claims, it checks, and a check that fails fails
/// the notebook.
/// </summary>
public static class Check
{
    /// <summary>Two numbers are as near to each other as asked.</summary>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="tolerance">Largest difference allowed, 0 or more.</param>
    /// <param name="what">The claim, as a sentence without full stop.</param>
    /// <exception cref="CheckFailedException">They differ by more, or one is not a number.</exception>
    public static CheckPassed Close(double actual, double expected, double tolerance, string what)
    {
        var difference = Math.Abs(actual - expected);
        // Written so that NaN, which compares false with everything, cannot pass.
        if (!(difference <= tolerance) && actual != expected)
            throw new CheckFailedException(
                $"{what}: got {actual:g9}, expected {expected:g9}; they differ by {difference:g3}, and {tolerance:g3} is allowed."
            );
        return new CheckPassed(what, $"|Δ| = {difference:g2} ≤ {tolerance:g2}");
    }

    /// <summary>Two tensors have the same shape and are everywhere as near to each other as asked.</summary>
    /// <inheritdoc cref="Close(double, double, double, string)"/>
    public static CheckPassed Close(Tensor actual, Tensor expected, double tolerance, string what)
    {
        if (!actual.shape.SequenceEqual(expected.shape))
            throw new CheckFailedException(
                $"{what}: got shape [{string.Join(", ", actual.shape)}], expected [{string.Join(", ", expected.shape)}]."
            );
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var (a, e) = (
            actual.cpu().to(ScalarType.Float64).flatten(),
            expected.cpu().to(ScalarType.Float64).flatten()
        );
        if (a.numel() == 0)
            throw new CheckFailedException($"{what}: there is nothing to compare, both are empty.");
        // Where not even a comparison is possible the difference counts as infinite.
        var differences = (a - e)
            .abs()
            .nan_to_num(double.PositiveInfinity, double.PositiveInfinity);
        var worst = differences.max().item<double>();
        if (worst > tolerance)
        {
            var at = differences.argmax().item<long>();
            throw new CheckFailedException(
                $"{what}: at {Place(at, actual.shape)} got {a[at].item<double>():g9}, expected {e[at].item<double>():g9}; they differ by {worst:g3}, and {tolerance:g3} is allowed."
            );
        }
        return new CheckPassed(what, $"max |Δ| = {worst:g2} ≤ {tolerance:g2}");
    }

    /// <summary>Two values are equal.</summary>
    /// <exception cref="CheckFailedException">They are not.</exception>
    public static CheckPassed Equal<T>(T actual, T expected, string what) =>
        Equals(actual, expected)
            ? new CheckPassed(what, $"{actual}")
            : throw new CheckFailedException($"{what}: got {actual}, expected {expected}.");

    /// <summary>Something is so.</summary>
    /// <exception cref="CheckFailedException">It is not.</exception>
    public static CheckPassed That(bool isSo, string what) =>
        isSo
            ? new CheckPassed(what, "")
            : throw new CheckFailedException($"{what}: this is not so.");

    /// <summary>Something is refused with an exception of that kind.</summary>
    /// <exception cref="CheckFailedException">It is not refused, or in another way.</exception>
    public static CheckPassed Throws<TException>(Action action, string what)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException e)
        {
            return new CheckPassed(what, e.Message);
        }
        catch (Exception e)
        {
            throw new CheckFailedException(
                $"{what}: expected {typeof(TException).Name}, got {e.GetType().Name}: {e.Message}"
            );
        }
        throw new CheckFailedException(
            $"{what}: expected {typeof(TException).Name}, but nothing was thrown."
        );
    }

    /// <summary>For exercises: says "not yet" instead of failing the notebook.</summary>
    /// <param name="check">A check of the reader's answer; any exception counts as not yet.</param>
    public static string Exercise(Func<CheckPassed> check)
    {
        try
        {
            return check().ToString();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e is NotImplementedException
                ? "not yet: replace the exception by your answer, and run the cell again."
                : $"not yet: {e.Message.Replace("Check failed. ", "", StringComparison.Ordinal)}";
        }
    }

    /// <summary>For exercises whose answer is a number: mistakes that people make get a hint that names them.</summary>
    /// <param name="answer">The reader's; any exception counts as not yet.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="tolerance">Largest difference allowed; a known mistake must be as near to be recognised.</param>
    /// <param name="what">The claim, as a sentence without full stop.</param>
    /// <param name="mistakes">Wrong answers, and what each gives away.</param>
    public static string Answer(
        Func<double> answer,
        double expected,
        double tolerance,
        string what,
        params (double Value, string Hint)[] mistakes
    ) =>
        Exercise(() =>
        {
            var given = answer();
            foreach (var (value, hint) in mistakes)
                if (Math.Abs(given - value) <= tolerance && Math.Abs(given - expected) > tolerance)
                    throw new CheckFailedException(hint);
            return Close(given, expected, tolerance, what);
        });

    private static string Place(long flat, long[] shape)
    {
        var indices = new long[shape.Length];
        for (var i = shape.Length - 1; i >= 0; i--)
            (flat, indices[i]) = (flat / shape[i], flat % shape[i]);
        return $"[{string.Join(", ", indices)}]";
    }
}

/// <summary>A claim that held. Shows itself as one line.</summary>
/// <param name="What">The claim.</param>
/// <param name="Evidence">How near it was, or what was seen.</param>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed record CheckPassed(string What, string Evidence)
{
    public override string ToString() => Evidence == "" ? $"✓ {What}" : $"✓ {What} ({Evidence})";

    public string ToHtml() =>
        $"<div class=\"diffusion-check\">{System.Net.WebUtility.HtmlEncode(ToString())}</div>";
}

/// <summary>A claim that did not hold. The message says what, what was got and what was expected.</summary>
public sealed class CheckFailedException(string message) : Exception($"Check failed. {message}");
