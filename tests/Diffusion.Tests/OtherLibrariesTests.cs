using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Diffusion.Tests;

/// <summary>
/// What Hugging Face's diffusers computes for the same schedule, start and predictor: the sums and means of absolute
/// values to which that library's own tests hold its schedulers (test_scheduler_ddim.py, _ddpm.py, _dpm_multi.py and
/// _unipc.py). Its timesteps count from 0, these from 1.
/// </summary>
public sealed class OtherLibrariesTests
{
    private static readonly NoiseSchedule Schedule = NoiseSchedule.Linear();

    [Theory]
    [InlineData(Prediction.Noise, 172.0067, 0.223967)]
    [InlineData(Prediction.Velocity, 52.5302, 0.0684)]
    public void Ddim_of_ten_steps(Prediction kind, double sum, double mean)
    {
        using var scope = NewDisposeScope();
        Agree(
            new Sampler(Schedule, Spacing.Leading(1000, 10), eta: 0, clip: true),
            kind,
            sum,
            mean
        );
    }

    /// <summary>With the same noise in each step, since the generator is libtorch's in both.</summary>
    [Theory]
    [InlineData(Prediction.Noise, 258.9606, 0.3372)]
    [InlineData(Prediction.Velocity, 202.0296, 0.2631)]
    public void Ddpm_of_a_thousand_steps(Prediction kind, double sum, double mean)
    {
        using var scope = NewDisposeScope();
        Agree(Sampler.Ddpm(Schedule, clip: true), kind, sum, mean);
    }

    /// <summary>σ² of a step: their 420 to 400 is 421 to 401 here.</summary>
    [Theory]
    [InlineData(421, 401, 0.14771)]
    [InlineData(981, 961, 0.32460)]
    [InlineData(488, 487, 0.00979)]
    [InlineData(1000, 999, 0.02)]
    public void Variance_of_a_strided_step(int t, int s, double expected) =>
        Assert.Equal(expected, Schedule.PosteriorVariance(t, s), 1e-5);

    /// <summary>Their ten steps end where a little noise is left: at 0, which is 1 here.</summary>
    [Theory]
    [InlineData(Prediction.Noise, 0.3301)]
    [InlineData(Prediction.Velocity, 0.2251)]
    public void Dpm_solver_of_ten_steps(Prediction kind, double mean)
    {
        using var scope = NewDisposeScope();
        var last = new DpmSolver(Schedule, Ten)
            .Steps(new Said(kind), Start())
            .First(s => s.To == 1);
        Assert.Equal(mean, last.X.abs().mean().item<float>(), 1e-3);
    }

    /// <summary>
    /// Algorithms 1 and 2 of the paper in their own letters, as its authors and diffusers compute them; these say what
    /// diffusers says, and the project's solver says what these say.
    /// </summary>
    [Theory]
    [InlineData(Prediction.Noise, 0.2464)]
    [InlineData(Prediction.Velocity, 0.1014)]
    public void Unipc_of_ten_steps(Prediction kind, double mean)
    {
        using var scope = NewDisposeScope();
        // There the last step, to the little noise, is of first order.
        var theirs = UniPcOfThePaper(Ten[..^1], new Said(kind), Start(), lastOfFirstOrder: true);
        Assert.Equal(mean, theirs[^1].abs().mean().item<float>(), 1e-3);

        var start = Start().to(ScalarType.Float64);
        var expected = UniPcOfThePaper(Ten[..^1], new Said(kind), start, lastOfFirstOrder: false);
        var steps = new UniPc(Schedule, Ten).Steps(new Said(kind), start).ToArray();
        for (var i = 0; i < expected.Length; i++)
            Reference.Close(expected[i].Values(), steps[i].X.Values(), 1e-9);
        // The last goes to the image itself.
        Reference.Close(steps[^1].PredictedClean.Values(), steps[^1].X.Values(), 1e-9);
    }

    private static int[] Ten => [1000, 900, 800, 700, 600, 501, 401, 301, 201, 101, 1, 0];

    private static void Agree(ISampler sampler, Prediction kind, double sum, double mean)
    {
        using var generator = new Generator(0);
        var x = sampler.Steps(new Said(kind), Start(), generator).Last().X;
        Assert.Equal(sum, x.abs().sum().item<float>(), 1e-2);
        Assert.Equal(mean, x.abs().mean().item<float>(), 1e-3);
    }

    /// <summary>0/768, 1/768, … with the batch as the axis that changes fastest.</summary>
    private static Tensor Start() =>
        (arange(768, dtype: ScalarType.Float32) / 768).reshape(3, 8, 8, 4).permute(3, 0, 1, 2);

    /// <returns>What each step predicts, before the next one corrects it.</returns>
    private static Tensor[] UniPcOfThePaper(
        int[] times,
        INoisePredictor predictor,
        Tensor start,
        bool lastOfFirstOrder
    )
    {
        double Alpha(int t) => Math.Sqrt(Schedule.AlphaBar(t));
        double Sigma(int t) => Math.Sqrt(1 - Schedule.AlphaBar(t));
        double Lambda(int t) => Math.Log(Alpha(t)) - Math.Log(Sigma(t));
        List<(int T, Tensor Clean)> seen = []; // the newest last
        List<Tensor> predicted = [];
        var (x, before) = (start, start);
        for (var i = 0; i + 1 < times.Length; i++)
        {
            var clean = (x - Sigma(times[i]) * predictor.Predict(x, times[i])) / Alpha(times[i]);
            if (i > 0)
                x = Step(times[i], i == 1 ? 1 : 2, clean);
            seen.Add((times[i], clean));
            before = x;
            var order = i == 0 || (lastOfFirstOrder && i + 2 == times.Length) ? 1 : 2;
            x = Step(times[i + 1], order, corrector: null);
            predicted.Add(x);
        }
        return [.. predicted];

        Tensor Step(int to, int order, Tensor? corrector)
        {
            var (from, m0) = seen[^1];
            var h = Lambda(to) - Lambda(from);
            List<double> r = [];
            List<Tensor> d = [];
            if (order == 2)
            {
                r.Add((Lambda(seen[^2].T) - Lambda(from)) / h);
                d.Add((seen[^2].Clean - m0) / r[0]);
            }
            if (corrector is not null)
            {
                r.Add(1);
                d.Add(corrector - m0);
            }
            // R · ρ = b, with b from φ₁, φ₂, … of −h, over B(h) = e^(−h) − 1.
            var n = r.Count;
            var phi = Math.Exp(-h) - 1;
            var scale = phi;
            var matrix = zeros(n, n, dtype: ScalarType.Float64);
            var right = zeros(n, dtype: ScalarType.Float64);
            for (var (k, factorial, next) = (1, 1.0, phi / -h - 1); k <= n; k++)
            {
                for (var j = 0; j < n; j++)
                    matrix[k - 1, j] = Math.Pow(r[j], k - 1);
                right[k - 1] = next * factorial / scale;
                factorial *= k + 1;
                next = next / -h - 1 / factorial;
            }
            var rho = n == 1 ? [0.5] : linalg.solve(matrix, right).data<double>().ToArray();
            var moved = Sigma(to) / Sigma(from) * before - Alpha(to) * phi * m0;
            for (var k = 0; k < n; k++)
                moved = moved - Alpha(to) * scale * rho[k] * d[k];
            return moved;
        }
    }

    /// <summary>Says x · t/(t + 1), with t counted from 0, whatever that is taken for.</summary>
    private sealed class Said(Prediction kind) : INoisePredictor
    {
        public Tensor Predict(Tensor x, int t) =>
            Predictions.ToNoise(x * (t - 1) / t, kind, x, Schedule.AlphaBar(t));
    }
}
