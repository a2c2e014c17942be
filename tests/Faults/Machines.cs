using System;
using System.Collections.Generic;
using System.IO;

namespace Diffusion.Faults;

/// <summary>Machines with less than the makers'. Limits and mounts need root.</summary>
internal static class Machines
{
    private const long FourGigabytes = 4L << 30;

    public static IEnumerable<Fault> All =>
        [
            new(
                "4 GB of memory: chapter 3, which needs most",
                "every check of it holds",
                1,
                _ => LittleMemory()
            ),
            new(
                "A NuGet cache that may only be read",
                "the project is built",
                1,
                _ => ReadOnlyCache()
            ),
        ];

    private static void LittleMemory()
    {
        // The kernel's old interface for it, or the new one.
        var old = Directory.Exists("/sys/fs/cgroup/memory");
        var group = $"/sys/fs/cgroup/{(old ? "memory/" : "")}faults-{Guid.NewGuid():n}";
        Directory.CreateDirectory(group);
        File.WriteAllText(
            Path.Combine(group, old ? "memory.limit_in_bytes" : "memory.max"),
            $"{FourGigabytes}"
        );
        var output = Directory.CreateTempSubdirectory("faults-").FullName;
        try
        {
            using var run = new Command(
                Command.Repository,
                [
                    "sh",
                    "-c",
                    $"echo $$ >{group}/cgroup.procs && exec dotnet '{Command.Runner}' run 03 --output '{output}/pages'",
                ]
            );
            Fault.Require(run.End() == 0, run.Output);
        }
        finally
        {
            Directory.Delete(output, recursive: true);
            // Its files are the kernel's: only the folder itself can be removed.
            Directory.Delete(group);
        }
    }

    private static void ReadOnlyCache()
    {
        var cache = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ".nuget",
            "packages"
        );
        var sources = Directory.CreateTempSubdirectory("faults-").FullName;
        try
        {
            using var copy = new Command(
                Command.Repository,
                ["git", "clone", "--quiet", ".", sources]
            );
            Fault.Require(copy.End() == 0, copy.Output);
            using var build = new Command(
                sources,
                [
                    "unshare",
                    "--mount",
                    "sh",
                    "-c",
                    $"mount --bind '{cache}' '{cache}' && mount -o remount,ro,bind '{cache}' && ! touch '{cache}/x' && dotnet build environment/Runner --nodeReuse:false -p:UseSharedCompilation=false",
                ]
            );
            Fault.Require(build.End() == 0, build.Output);
        }
        finally
        {
            Directory.Delete(sources, recursive: true);
        }
    }
}
