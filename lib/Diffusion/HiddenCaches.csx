#nullable enable
using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

/// <summary>
/// Virtual machines on AMD processors that hide how large the caches are. On them oneDNN, with which libtorch convolves on
/// a CPU, gives wrong numbers and says nothing.
/// </summary>
/// <remarks>
/// oneDNN 3.7 (in libtorch 2.10) reads the sizes from CPUID leaf 8000_001Dh (AMD, Architecture Programmer's Manual, volume
/// 3, E.4.15). Where that is empty it takes the first cache for one byte, cuts the reordering of weights into pieces that
/// do not lie together, and writes the zeros of the padding as if they did: over the neighbours. Measured on such a
/// machine: 3×3 convolutions of 24 channels off by 19 %, a prediction in bfloat16 by 12 to 17 %, and a training that
/// diverges at its second step. Convolutions of 16, 32, … channels in float32 are right there.
/// </remarks>
public static class HiddenCaches
{
    /// <summary>oneDNN's blocks of channels: where nothing is padded, nothing is written over.</summary>
    internal const int Block = 16;

    private const uint ExtendedLeaves = 0x80000000;
    private const uint CacheLeaf = 0x8000001D;

    private static readonly Lazy<bool> Found = new(() =>
        RuntimeInformation.ProcessArchitecture == Architecture.X64
        && X86Base.IsSupported
        && AreHidden(X86Base.CpuId)
    );

    /// <summary>Whether this machine is one of them.</summary>
    public static bool Here => Found.Value;

    /// <summary>Whether a processor is one of AMD's that says nothing of its caches.</summary>
    /// <param name="cpuid">The registers EAX, EBX, ECX, EDX that it answers to a leaf and a subleaf.</param>
    internal static bool AreHidden(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> cpuid)
    {
        if (!IsOfAmd(cpuid))
            return false;
        if ((uint)cpuid(unchecked((int)ExtendedLeaves), 0).Eax < CacheLeaf)
            return true;
        var (_, waysAndLine, sets, _) = cpuid(unchecked((int)CacheLeaf), 0);
        return (waysAndLine, sets) == (0, 0);
    }

    /// <summary>Whether it is one of AMD's.</summary>
    /// <inheritdoc cref="AreHidden"/>
    internal static bool IsOfAmd(Func<int, int, (int Eax, int Ebx, int Ecx, int Edx)> cpuid)
    {
        var (_, ebx, ecx, edx) = cpuid(0, 0);
        // "AuthenticAMD", in EBX, EDX, ECX
        return (ebx, edx, ecx) == (0x68747541, 0x69746e65, 0x444d4163);
    }

    /// <summary>
    /// On such a machine, makes libtorch convolve without oneDNN: rightly, in two to three times the time. Must come after
    /// libtorch is loaded and before anything is convolved.
    /// </summary>
    /// <exception cref="InvalidOperationException">This libtorch cannot be told so.</exception>
    internal static void Avoid()
    {
        if (!Here)
            return;
        try
        {
            UseOneDnn(false);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            throw new InvalidOperationException(
                "This virtual machine hides the sizes of its processor's caches, and on such a one this libtorch computes wrong convolutions: use another machine, or let the virtual machine show the processor as it is (CPU model 'host').",
                e
            );
        }
    }

    /// <summary>Convolves with oneDNN once more, for work of which tests show that it is right here, until it is disposed of.</summary>
    internal static IDisposable? Trust() => Here ? new Trusted() : null;

    // at::globalContext().setUserEnabledMkldnn(…), which TorchSharp has no name for.
    private static void UseOneDnn(bool use)
    {
        if (OperatingSystem.IsWindows())
            WindowsSetUserEnabledMkldnn(WindowsGlobalContext(), use);
        else
            SetUserEnabledMkldnn(GlobalContext(), use);
    }

    private sealed class Trusted : IDisposable
    {
        public Trusted() => UseOneDnn(true);

        public void Dispose() => UseOneDnn(false);
    }

    [DllImport("libtorch_cpu.so", EntryPoint = "_ZN2at13globalContextEv")]
    private static extern IntPtr GlobalContext();

    [DllImport("libtorch_cpu.so", EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static extern void SetUserEnabledMkldnn(
        IntPtr context,
        [MarshalAs(UnmanagedType.I1)] bool enabled
    );

    [DllImport("torch_cpu.dll", EntryPoint = "?globalContext@at@@YAAEAVContext@1@XZ")]
    private static extern IntPtr WindowsGlobalContext();

    [DllImport("torch_cpu.dll", EntryPoint = "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z")]
    private static extern void WindowsSetUserEnabledMkldnn(
        IntPtr context,
        [MarshalAs(UnmanagedType.I1)] bool enabled
    );
}
