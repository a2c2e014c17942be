using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Diffusion.Runner.Notebooks;

/// <summary>Tells files from pipes and devices, which may have no end, before they are opened.</summary>
internal static class FileKind
{
    private const int CurrentFolder = -100;
    private const uint AskForType = 1;

    // Of struct statx, which is laid out alike on every processor.
    private const int StatxBytes = 256;
    private const int ModeAt = 28;
    private const int TypeBits = 0xf000;
    private const int Regular = 0x8000;

    /// <summary>Whether a path leads to an ordinary file. Where the system doesn't say, it is believed to be one.</summary>
    public static bool IsRegular(string path)
    {
        if (!File.Exists(path))
            return false;
        if (!OperatingSystem.IsLinux())
            return !File.GetAttributes(path).HasFlag(FileAttributes.Device);
        var answer = new byte[StatxBytes];
        return statx(CurrentFolder, path, 0, AskForType, answer) != 0
            || (BitConverter.ToUInt16(answer, ModeAt) & TypeBits) == Regular;
    }

    [DllImport("libc")]
    private static extern int statx(
        int folder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        int flags,
        uint mask,
        byte[] answer
    );
}
