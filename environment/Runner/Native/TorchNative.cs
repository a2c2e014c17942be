using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using TorchSharp;

namespace Diffusion.Runner.Native;

/// <summary>Loads libtorch for this process from its own output folder.</summary>
public static class TorchNative
{
    private static readonly Lock Gate = new();
    private static bool loaded;

    /// <summary>Where the build put TorchSharp's native library for this platform.</summary>
    public static string LibraryPath
    {
        get
        {
            var name =
                OperatingSystem.IsWindows() ? "LibTorchSharp.dll"
                : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib"
                : "libLibTorchSharp.so";
            var nested = Path.Combine(
                AppContext.BaseDirectory,
                "runtimes",
                PortableRid,
                "native",
                name
            );
            return File.Exists(nested) ? nested : Path.Combine(AppContext.BaseDirectory, name);
        }
    }

    /// <summary>
    /// Loads the native library; on Linux, where libstdc++ is too old for it, cures this process's
    /// own copy first (see <see cref="GlibcxxCure"/>). Calling it again does nothing.
    /// </summary>
    /// <exception cref="DllNotFoundException">
    /// The library is missing or cannot be loaded; the message is the loader's.
    /// </exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (loaded)
                return;
            try
            {
                NativeLibrary.Load(LibraryPath);
            }
            catch (DllNotFoundException e)
                when (OperatingSystem.IsLinux()
                    && e.Message.Contains(GlibcxxCure.MissingVersion, StringComparison.Ordinal)
                )
            {
                GlibcxxCure.Apply(LibraryPath);
                NativeLibrary.Load(LibraryPath);
            }
            torch.InitializeDeviceType(DeviceType.CPU);
            loaded = true;
        }
    }

    private static string PortableRid
    {
        get
        {
            var system =
                OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
