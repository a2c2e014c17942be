using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Diffusion.Runner.Native;

namespace Diffusion.Runner.Doctor;

/// <summary>libtorch and the C++ library that it stands on.</summary>
internal static class NativeLibraries
{
    /// <param name="fix">Whether the copies in the package folder, which notebook hosts use, may be cured.</param>
    public static IEnumerable<Finding> Examine(bool fix) =>
        PackageCopies().Select(copy => Cure(copy, fix)).Prepend(Own());

    private static Finding Own()
    {
        try
        {
            TorchNative.Load();
            return new Finding(
                Verdict.Good,
                $"libtorch {TorchSharp.torch.__version__} loads, with {TorchSharp.torch.get_num_threads()} threads"
            );
        }
        catch (Exception e) when (e is DllNotFoundException or InvalidDataException)
        {
            return new Finding(
                Verdict.Trouble,
                $"libtorch does not load ({e.Message.Split('\n')[0]}): run 'dotnet build environment/Runner' again, and see environment/README.md for what it needs"
            );
        }
    }

    private static IEnumerable<string> PackageCopies()
    {
        if (!OperatingSystem.IsLinux())
            return [];
        var packages =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget",
                "packages"
            );
        var torchSharp = Path.Combine(packages, "torchsharp");
        // A host copies the library beside the managed one: each is looked at.
        return Directory.Exists(torchSharp)
            ? Directory
                .GetFiles(
                    torchSharp,
                    "libLibTorchSharp.so",
                    // A link may lead out of the package.
                    new EnumerationOptions
                    {
                        RecurseSubdirectories = true,
                        AttributesToSkip = FileAttributes.ReparsePoint,
                    }
                )
                .Where(path => !path.Contains("arm64", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
            : [];
    }

    private static Finding Cure(string copy, bool fix)
    {
        try
        {
            if (!GlibcxxCure.IsNeeded(copy))
                return new Finding(Verdict.Good, $"notebook hosts can load {copy}");
            if (!fix)
                return new Finding(
                    Verdict.Remark,
                    $"{copy} asks for {GlibcxxCure.MissingVersion}, which this system's libstdc++ lacks: the runner helps itself, but a notebook host cannot load it; 'dotnet run --project environment/Runner -- doctor --fix' changes one flag in that file"
                );
            GlibcxxCure.Apply(copy);
            return new Finding(
                Verdict.Good,
                $"cured: {copy} no longer insists on {GlibcxxCure.MissingVersion}, and notebook hosts can load it"
            );
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Finding(
                Verdict.Trouble,
                $"{copy} could not be looked at or changed: {e.Message}"
            );
        }
    }
}
