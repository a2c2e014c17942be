#nullable enable
using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>How exactly a network computes.</summary>
public enum Precision
{
    /// <summary>32 bits, 24 of them significant: the network as it is written.</summary>
    Float32,

    /// <summary>
    /// 16 bits, 8 of them significant, over the range of float32 (Kalamkar et al. 2019). Sums are kept
    /// in float32. A prediction is off by less than 1 % of its spread at most timesteps, by more where
    /// there is hardly any noise left: 2 % at t = 20 (benchmarks/results/precision.md).
    /// </summary>
    BFloat16,
}

/// <summary>Which precision to choose where nobody says.</summary>
public static class PrecisionChoice
{
    private static readonly Lazy<bool> FastHere = new(() => MultipliesFast() && IsRightOn(CPU));

    /// <summary>
    /// <see cref="Precision.BFloat16"/> on a CPU that multiplies it twice as fast as float32;
    /// <see cref="Precision.Float32"/> elsewhere.
    /// </summary>
    public static Precision For(Device device) =>
        device.type == DeviceType.CPU && FastHere.Value ? Precision.BFloat16 : Precision.Float32;

    /// <summary>The same for training, which has a program for GPUs too: bfloat16 there, where nothing else is wanted.</summary>
    /// <inheritdoc cref="Require"/>
    internal static Precision ForTraining(Precision? wanted, Device device) =>
        device.type == DeviceType.CUDA ? wanted ?? Precision.BFloat16 : Require(wanted, device);

    /// <summary>Whether networks on this device have a program in bfloat16, and one that is right.</summary>
    internal static bool IsRightOn(Device device) =>
        CompiledUNet.IsPossibleOn(device) && !HiddenCaches.Here && IsThereAtAll;

    /// <summary>Whether libtorch convolves in bfloat16 on this processor: oneDNN asks for these parts of AVX-512.</summary>
    internal static bool IsThereAtAll =>
        Avx512BW.IsSupported && Avx512F.VL.IsSupported && Avx512DQ.IsSupported;

    /// <summary>The precision to use on a device: what is wanted, or <see cref="For"/>.</summary>
    /// <exception cref="ArgumentException">bfloat16 is wanted where the network has no program for it, or a wrong one.</exception>
    internal static Precision Require(Precision? wanted, Device device)
    {
        if (wanted == Precision.BFloat16 && !CompiledUNet.IsPossibleOn(device))
            throw new ArgumentException(
                $"bfloat16 is asked for on the device '{device}', but it needs a CPU with libtorch for x64: leave the precision out, or ask for {nameof(Precision.Float32)}.",
                nameof(wanted)
            );
        if (wanted == Precision.BFloat16 && HiddenCaches.Here)
            throw new ArgumentException(
                $"bfloat16 is asked for on a virtual machine that hides its processor's caches, and there libtorch computes wrong pictures in it: leave the precision out, or ask for {nameof(Precision.Float32)}.",
                nameof(wanted)
            );
        if (wanted == Precision.BFloat16 && !IsThereAtAll)
            throw new ArgumentException(
                $"bfloat16 is asked for on a processor without AVX-512, and there libtorch does not convolve in it: leave the precision out, or ask for {nameof(Precision.Float32)}.",
                nameof(wanted)
            );
        return wanted ?? For(device);
    }

    private static bool MultipliesFast() =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64
        && Avx512F.IsSupported
        && IsFast(X86Base.CpuId);

    /// <summary>Whether a processor with AVX-512 takes less time in bfloat16 than in float32.</summary>
    /// <remarks>
    /// AVX512_BF16 (CPUID leaf 7, subleaf 1, EAX bit 5) does on AMD's. On Intel's a step of 64 images
    /// took 320 ms in bfloat16 with it and 200 ms in float32; there it takes AMX_BF16 too (leaf 7,
    /// subleaf 0, EDX bit 22), which virtual machines often hide (Intel, Software Developer's Manual,
    /// volume 2A). Without either bfloat16 is emulated, and slower by far.
    /// </remarks>
    /// <param name="cpuid">The registers EAX, EBX, ECX, EDX that it answers to a leaf and a subleaf.</param>
    internal static bool IsFast(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> cpuid)
    {
        var (subleaves, _, _, features) = cpuid(7, 0);
        return subleaves >= 1
            && (cpuid(7, 1).Eax & (1 << 5)) != 0
            && (HiddenCaches.IsOfAmd(cpuid) || (features & (1 << 22)) != 0);
    }
}
