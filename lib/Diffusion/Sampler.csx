#nullable enable
using System;
using System.Collections.Generic;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// From noise to images: the family of DDPM and DDIM in one step (Song et al. 2021, DDIM, eq. 12).
/// </summary>
/// <remarks>
/// η = 1 over all timesteps is DDPM (Ho et al. 2020, algorithm 2 with variance β̃), η = 0 is DDIM;
/// any falling list of timesteps that ends in 0 will do.
/// </remarks>
public sealed class Sampler : ISampler
{
    private readonly NoiseSchedule schedule;

    /// <param name="schedule">The schedule that the network was trained with.</param>
    /// <param name="timesteps">Falling, T or less at the start, 0 at the end (see <see cref="Spacing"/>).</param>
    /// <param name="eta">η, 0 … 1: how much of the step is drawn anew; it scales the standard deviation.</param>
    /// <param name="clip">Cuts x̂₀ off at [−1, 1] in every step, as DDPM's own code does: see <see cref="Clip"/>.</param>
    /// <exception cref="ArgumentException">The list of timesteps cannot be walked.</exception>
    /// <exception cref="ArgumentOutOfRangeException">η lies outside of 0 … 1.</exception>
    public Sampler(
        NoiseSchedule schedule,
        IReadOnlyList<int> timesteps,
        double eta,
        bool clip = false
    )
    {
        Spacing.Require(timesteps, schedule.Steps);
        if (!(eta >= 0 && eta <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(eta),
                eta,
                $"Eta is {eta}: it must lie between 0 (no new noise, DDIM) and 1 (DDPM)."
            );
        this.schedule = schedule;
        Timesteps = [.. timesteps];
        Eta = eta;
        Clip = clip;
    }

    /// <summary>Falling, ends in 0.</summary>
    public IReadOnlyList<int> Timesteps { get; }

    public int Evaluations => Timesteps.Count - 1;

    /// <summary>η, 0 … 1.</summary>
    public double Eta { get; }

    /// <summary>
    /// Whether x̂₀ is cut off at [−1, 1], where every image lies. At t = T it is the predicted noise's
    /// error divided by √ᾱ_T, 157 times as large for the linear schedule, and clipping takes that out.
    /// </summary>
    public bool Clip { get; }

    /// <summary>Every timestep with new noise in each: ancestral sampling (DDPM, algorithm 2).</summary>
    public static Sampler Ddpm(NoiseSchedule schedule, bool clip = false) =>
        new(schedule, Spacing.All(schedule.Steps), eta: 1, clip);

    /// <summary>No new noise: the same starting noise always gives the same image (DDIM, section 4.1).</summary>
    /// <param name="schedule">The schedule that the network was trained with.</param>
    /// <param name="steps">Network evaluations, 1 … T; all T where nothing is said.</param>
    public static Sampler Ddim(NoiseSchedule schedule, int? steps = null, bool clip = false) =>
        new(schedule, Spacing.Trailing(schedule.Steps, steps ?? schedule.Steps), eta: 0, clip);

    /// <summary>Fewer steps of even size, starting at T.</summary>
    /// <param name="schedule">The schedule that the network was trained with.</param>
    /// <param name="steps">Network evaluations, 1 … T.</param>
    /// <param name="eta">η, 0 … 1.</param>
    public static Sampler Strided(
        NoiseSchedule schedule,
        int steps,
        double eta = 0,
        bool clip = false
    ) => new(schedule, Spacing.Trailing(schedule.Steps, steps), eta, clip);

    /// <summary>
    /// One step from t to s: x_s = √ᾱ_s · x̂₀ + √(1 − ᾱ_s − σ²) · ε + σ · z, with
    /// x̂₀ = (x_t − √(1 − ᾱ_t) · ε)/√ᾱ_t and σ² = η² times
    /// <see cref="NoiseSchedule.PosteriorVariance"/> (DDIM, eq. 12 and 16). With <see cref="Clip"/>,
    /// x̂₀ is cut off first, and ε is the noise that fits what is left of it.
    /// </summary>
    /// <param name="x">x_t, <c>[B, C, H, W]</c>.</param>
    /// <param name="t">Where x is, 1 … T.</param>
    /// <param name="s">Where the step goes, 0 … t − 1.</param>
    /// <param name="predictedNoise">ε, of x's shape.</param>
    /// <param name="newNoise">z, standard normal of x's shape; not looked at where σ is 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">t or s is out of range.</exception>
    /// <exception cref="ArgumentNullException">σ is not 0, and there is no new noise.</exception>
    public SamplingStep Step(Tensor x, int t, int s, Tensor predictedNoise, Tensor? newNoise)
    {
        var sigma = Sigma(t, s);
        var (now, next) = (schedule.AlphaBar(t), schedule.AlphaBar(s));
        if (sigma > 0 && newNoise is null)
            throw new ArgumentNullException(
                nameof(newNoise),
                $"The step from {t} to {s} at eta {Eta} adds noise, but none was given."
            );

        using var scope = NewDisposeScope();
        var clean = Predictions.ToClean(predictedNoise, x, schedule, t);
        var direction = predictedNoise;
        if (Clip)
        {
            clean = clean.clamp(-1, 1);
            // The noise that leads from the clipped image to x: the two must stay one pair.
            direction = Predictions.ToNoise(clean, Prediction.Clean, x, now);
        }
        var result = Math.Sqrt(next) * clean + Math.Sqrt(1 - next - sigma * sigma) * direction;
        if (sigma > 0)
            result = result + sigma * newNoise!;
        return new SamplingStep(
            t,
            s,
            result.MoveToOuterDisposeScope(),
            predictedNoise.alias().MoveToOuterDisposeScope(),
            clean.MoveToOuterDisposeScope()
        );
    }

    /// <summary>σ of the step from t to s: the standard deviation of its new noise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">t or s is out of range, or s is not below t.</exception>
    public double Sigma(int t, int s) => Eta * Math.Sqrt(schedule.PosteriorVariance(t, s));

    /// <summary>Walks from noise to images and shows each step as it is made.</summary>
    /// <remarks>
    /// Steps are computed one by one as the sequence is read. Their tensors belong to the dispose
    /// scope that is open where the sequence is read, or to the caller, who disposes of the step.
    /// </remarks>
    /// <param name="predictor">Called once a step.</param>
    /// <param name="noise">x at the first timestep, standard normal <c>[B, C, H, W]</c>.</param>
    /// <param name="generator">Where new noise comes from, on the CPU; not used at η = 0.</param>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed.</exception>
    public IEnumerable<SamplingStep> Steps(
        INoisePredictor predictor,
        Tensor noise,
        Generator? generator = null
    )
    {
        if (Eta > 0 && generator is null)
            throw new ArgumentNullException(
                nameof(generator),
                $"At eta {Eta} each step draws noise: give a generator with a seed."
            );
        return Sampling.Walk(
            Timesteps,
            noise,
            (x, t, s) =>
            {
                // Always drawn on the CPU, so that a seed means the same on every device.
                var newNoise =
                    Sigma(t, s) > 0 ? randn(x.shape, generator: generator).to(x.device) : null;
                return Step(x, t, s, predictor.Predict(x, t), newNoise);
            }
        );
    }

    /// <summary>Draws noise from a seed and walks all the way.</summary>
    /// <param name="predictor">Called once a step.</param>
    /// <param name="shape"><c>[B, C, H, W]</c>, such as <c>[16, 1, 32, 32]</c>.</param>
    /// <param name="seed">The same seed gives the same images, on every device.</param>
    /// <param name="progress">The title of a progress bar; none where nothing is said.</param>
    /// <returns>x₀, <c>[B, C, H, W]</c>, about [−1, 1].</returns>
    /// <exception cref="OperationCanceledException">The notebook's Stop was pressed.</exception>
    public Tensor Sample(
        INoisePredictor predictor,
        long[] shape,
        long seed,
        string? progress = null
    ) => Sampling.Draw(this, predictor, shape, seed, progress);

    public override string ToString() =>
        $"Sampler: {Timesteps.Count - 1} steps from {Timesteps[0]} to 0, eta {Eta}{(Clip ? ", clipped" : "")}";
}

/// <summary>One step of a sampler and what was thought on the way.</summary>
/// <param name="From">t, where the step began.</param>
/// <param name="To">s, where it went.</param>
/// <param name="X">x_s, <c>[B, C, H, W]</c>.</param>
/// <param name="PredictedNoise">ε as the network saw it in x_t.</param>
/// <param name="PredictedClean">x̂₀, the clean image that this noise implies.</param>
public sealed record SamplingStep(
    int From,
    int To,
    Tensor X,
    Tensor PredictedNoise,
    Tensor PredictedClean
) : IDisposable
{
    public void Dispose()
    {
        X.Dispose();
        PredictedNoise.Dispose();
        PredictedClean.Dispose();
    }

    public override string ToString() => $"SamplingStep {From} to {To}";

    internal SamplingStep MoveToOuterScope()
    {
        X.MoveToOuterDisposeScope();
        PredictedNoise.MoveToOuterDisposeScope();
        PredictedClean.MoveToOuterDisposeScope();
        return this;
    }
}
