#nullable enable
using System;
using static TorchSharp.torch;

/// <summary>The bend between two layers.</summary>
public enum Activation
{
    /// <summary>max(0, x): the article's.</summary>
    ReLU,

    /// <summary>x · sigmoid(x) (Hendrycks and Gimpel 2016): no value is without a gradient.</summary>
    SiLU,
}

/// <summary>Computes an <see cref="Activation"/>.</summary>
internal static class ActivationFunction
{
    /// <returns>A new tensor of x's shape.</returns>
    public static Tensor Of(Activation activation, Tensor x) =>
        activation == Activation.SiLU ? nn.functional.silu(x) : x.relu();

    /// <summary>As a layer of a <c>Sequential</c>.</summary>
    public static nn.Module<Tensor, Tensor> Layer(Activation activation) =>
        activation == Activation.SiLU ? nn.SiLU() : nn.ReLU();

    /// <summary>The same where x is needed no more: without a gradient to keep it for, it may be overwritten.</summary>
    public static Tensor Over(Activation activation, Tensor x) =>
        activation == Activation.SiLU ? nn.functional.silu(x) : x.relu_();
}
