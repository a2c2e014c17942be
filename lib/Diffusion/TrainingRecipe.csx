#nullable enable
using System;
using System.Linq;

/// <summary>How a network is trained. The defaults are the article's.</summary>
public sealed record TrainingRecipe
{
    /// <summary>How often every image is seen; at least 1.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Images a step; the last step of an epoch takes what is left.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Adam's highest rate; above 0.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>What the rate is multiplied by after each epoch, in (0, 1].</summary>
    public double RateDecay { get; init; } = 0.5;

    /// <summary>
    /// Instead of <see cref="RateDecay"/>: the rate follows half a cosine down to 0 at the last step
    /// (Loshchilov and Hutter 2017, SGDR, eq. 5).
    /// </summary>
    public bool CosineRate { get; init; }

    /// <summary>Steps in which the rate rises to its height in a straight line; 0 or more.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>Gradients longer than this are shortened to it (norm over all weights); null leaves them as they are.</summary>
    public double? LargestGradientNorm { get; init; }

    /// <summary>
    /// Also keep an average of the weights, of which each step forgets 1 − this, in (0, 1), such as
    /// 0.999 (DDPM, appendix B, takes 0.9999); null keeps none. In the first steps it forgets more: see <see cref="WeightsAverage"/>.
    /// </summary>
    public double? AverageDecay { get; init; }

    /// <summary>
    /// How often a label is replaced by the null label, the network's last, in [0, 1]: drawn for each
    /// image by itself (Ho and Salimans 2022, algorithm 1).
    /// </summary>
    public double LabelDropping { get; init; }

    /// <summary>
    /// γ: the loss at a timestep counts min(SNR, γ)/SNR of what it counts in the simple loss
    /// (Hang et al. 2023, Min-SNR, section 3, here for any prediction); null counts all alike.
    /// </summary>
    public double? SignalToNoiseLimit { get; init; }

    /// <summary>Order of the images, timesteps, noise and dropped labels all come from this.</summary>
    public long Seed { get; init; }

    /// <summary>Of the gradients; the fastest on this machine where nothing is said. Weights are kept in float32 either way.</summary>
    public Precision? Precision { get; init; }

    /// <summary>All of it in one line, the same in every culture: checkpoints and cards hold it.</summary>
    public override string ToString() =>
        FormattableString.Invariant(
            $"TrainingRecipe {{ Epochs = {Epochs}, BatchSize = {BatchSize}, LearningRate = {LearningRate}, RateDecay = {RateDecay}, CosineRate = {CosineRate}, WarmUpSteps = {WarmUpSteps}, LargestGradientNorm = {LargestGradientNorm}, AverageDecay = {AverageDecay}, LabelDropping = {LabelDropping}, SignalToNoiseLimit = {SignalToNoiseLimit}, Seed = {Seed}, Precision = {Precision} }}"
        );

    /// <summary>Steps that an epoch over so many images takes.</summary>
    public int StepsPerEpoch(long images) => (int)((images + BatchSize - 1) / BatchSize);

    /// <summary>Steps of all epochs over so many images.</summary>
    public int TotalSteps(long images) => Epochs * StepsPerEpoch(images);

    /// <summary>Adam's rate in one step.</summary>
    /// <param name="step">0, 1, … from the first step on.</param>
    /// <param name="stepsPerEpoch">At least 1.</param>
    /// <returns>In (0, LearningRate]. Behind the last epoch a cosine starts again.</returns>
    public double RateAt(int step, int stepsPerEpoch)
    {
        var warm = step < WarmUpSteps ? (step + 1.0) / WarmUpSteps : 1;
        var total = Epochs * stepsPerEpoch;
        var decay = CosineRate
            ? (1 + Math.Cos(Math.PI * (step % total) / total)) / 2
            : Math.Pow(RateDecay, step / stepsPerEpoch);
        return LearningRate * warm * decay;
    }

    /// <summary>The recipe itself where all of it is in range.</summary>
    /// <exception cref="ArgumentException">Something is out of range; the message says what.</exception>
    internal TrainingRecipe Validated()
    {
        if (Epochs < 1 || BatchSize < 1)
            throw new ArgumentException(
                $"A recipe of {Epochs} epochs with {BatchSize} images a step trains nothing: both must be at least 1."
            );
        if (
            !(LearningRate > 0 && double.IsFinite(LearningRate))
            || !(RateDecay > 0 && RateDecay <= 1)
        )
            throw new ArgumentException(
                $"A learning rate of {LearningRate} that is multiplied by {RateDecay} after each epoch is out of range: the first must be above 0, the second in (0, 1]."
            );
        if (WarmUpSteps < 0)
            throw new ArgumentException(
                $"A warm-up of {WarmUpSteps} steps cannot be: give 0 for none, or more."
            );
        if (LargestGradientNorm is double norm && !(norm > 0))
            throw new ArgumentException(
                $"Gradients cannot be shortened to a norm of {norm}: it must be above 0, or null to leave them."
            );
        if (AverageDecay is double decay && !(decay > 0 && decay < 1))
            throw new ArgumentException(
                $"An average that keeps {decay} of itself in a step is none: the decay must lie between 0 and 1, or be null."
            );
        if (!(LabelDropping >= 0 && LabelDropping <= 1))
            throw new ArgumentException(
                $"Labels cannot be dropped with a probability of {LabelDropping}: it must lie in [0, 1]."
            );
        if (SignalToNoiseLimit is double limit && !(limit > 0))
            throw new ArgumentException(
                $"A signal-to-noise limit of {limit} leaves nothing to learn: it must be above 0, or null."
            );
        return this;
    }
}
