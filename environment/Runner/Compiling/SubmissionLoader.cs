using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using System.Threading.Tasks;

namespace Diffusion.Runner.Compiling;

/// <summary>Loads compiled submissions into this process, each beside those that it refers to.</summary>
internal sealed class SubmissionLoader
{
    // The name that the compiler gives to a submission's beginning.
    private const string Factory = "<Factory>";

    private readonly AssemblyLoadContext context = new("notebook");

    public SubmissionFactory Load(SubmissionImage image)
    {
        // Nothing but usings, say: there is nothing to run.
        if (image.Assembly.Length == 0)
            return _ => Task.FromResult<object?>(null);
        var assembly = context.LoadFromStream(
            new MemoryStream(image.Assembly),
            new MemoryStream(image.Symbols)
        );
        return assembly
            .GetTypes()
            .Select(type =>
                type.GetMethod(
                    Factory,
                    BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic
                )
            )
            .Single(method => method is not null)!
            .CreateDelegate<SubmissionFactory>();
    }
}
