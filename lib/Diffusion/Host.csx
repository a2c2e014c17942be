#nullable enable
using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime;
using System.Threading;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// The one place that knows which program runs the notebook: .NET Interactive, this project's
/// runner, or none (tests, plain C#).
/// </summary>
/// <remarks>
/// The engine is found by reflection, so that the library needs none of its assemblies. Where there
/// is none, outputs go to the console and nothing ever asks to stop.
/// </remarks>
public static class Host
{
    private const string ContextType = "Microsoft.DotNet.Interactive.KernelInvocationContext";

    /// <summary>The device that networks and samples live on: the CPU, unless <see cref="UseCuda"/> was called.</summary>
    public static Device Device { get; private set; } = CPU;

    /// <summary>Gets a notebook ready: the native library, plotly.js and the figures' own script.</summary>
    /// <remarks>From then on no garbage is collected in the background in this process.</remarks>
    /// <returns>A value that shows what was started; let it be the cell's last expression.</returns>
    /// <exception cref="InvalidOperationException">This machine's convolutions are wrong, and libtorch knows no other way.</exception>
    public static StartedHost Start()
    {
        NativeSettings.Apply();
        // Must come before any module is made: TorchSharp finds its native library only then.
        InitializeDeviceType(DeviceType.CPU);
        HiddenCaches.Avoid();
        // The numbers in an expression such as 1 - x are handles that TorchSharp leaves to the garbage
        // collector, and that nobody holds while libtorch reads them (its pull request 1496). A
        // collection that goes on beside the program takes one away now and then; one that the program
        // itself begins, when it asks for memory, finds none that is being read.
        GCSettings.LatencyMode = GCLatencyMode.Batch;
        return new StartedHost();
    }

    /// <summary>Moves what is made from now on to the first CUDA device.</summary>
    /// <remarks>
    /// There convolutions round their arguments to 10 bits (TF32), unless
    /// <c>torch.backends.cudnn.allow_tf32</c> is false.
    /// </remarks>
    /// <exception cref="InvalidOperationException">There is none that this libtorch can use.</exception>
    public static void UseCuda()
    {
        if (!TryInitializeDeviceType(DeviceType.CUDA) || !cuda.is_available())
            throw new InvalidOperationException(
                "No CUDA device can be used: choose one of the environment notebooks for CUDA, and check the driver with nvidia-smi."
            );
        Device = CUDA;
    }

    /// <summary>Ends a loop when the notebook's Stop was pressed: every long loop asks once a turn.</summary>
    /// <exception cref="OperationCanceledException">Stop was pressed.</exception>
    public static void ThrowIfStopped()
    {
        var token = Context() is object context
            ? context.GetType().GetProperty("CancellationToken")?.GetValue(context)
            : null;
        if (token is CancellationToken { IsCancellationRequested: true })
            throw new OperationCanceledException("Stopped: the cell was interrupted.");
    }

    /// <summary>Shows HTML in the running cell, in a place that can be written again.</summary>
    /// <returns>Writes the place anew; does nothing where no engine runs.</returns>
    public static Action<string> ShowHtml(string html)
    {
        if (Context() is not object context)
            return _ => { };
        // `display(x)` of the last engine returns a value whose Update is lost; this one's works.
        var display = context
            .GetType()
            .Assembly.GetTypes()
            .Where(t => t.Name == "KernelInvocationContextExtensions")
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .FirstOrDefault(m =>
                m.Name == "Display"
                && m.GetParameters().Length == 3
                && m.GetParameters()[2].ParameterType == typeof(string[])
            );
        var shown = display?.Invoke(null, [context, new ShownHtml(html), new[] { "text/html" }]);
        var update = shown?.GetType().GetMethod("Update", [typeof(object)]);
        return newHtml => update?.Invoke(shown, [new ShownHtml(newHtml)]);
    }

    /// <summary>Whether an engine runs this code that shows HTML.</summary>
    public static bool ShowsHtml => Context() is not null;

    /// <summary>
    /// A file or folder of the repository: looked for beside the working directory and upwards, since
    /// a notebook starts in its own folder.
    /// </summary>
    /// <param name="path">Relative to the repository, such as <c>data/fashion-mnist</c>.</param>
    /// <exception cref="FileNotFoundException">No folder above the working directory has it.</exception>
    public static string Find(string path)
    {
        for (
            var folder = new DirectoryInfo(Environment.CurrentDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            var candidate = Path.Combine(folder.FullName, path);
            if (File.Exists(candidate) || Directory.Exists(candidate))
                return candidate;
        }
        throw new FileNotFoundException(
            $"'{path}' is neither in {Environment.CurrentDirectory} nor in a folder above it: open the notebook inside a clone of the repository.",
            path
        );
    }

    private static object? Context() =>
        AppDomain
            .CurrentDomain.GetAssemblies()
            .Where(a => a.GetName().Name == "Microsoft.DotNet.Interactive")
            .Select(a => a.GetType(ContextType)?.GetProperty("Current")?.GetValue(null))
            .FirstOrDefault(context => context is not null);
}

/// <summary>HTML that is shown as it is: an engine would encode a string.</summary>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
internal sealed class ShownHtml(string html)
{
    public string ToHtml() => html;

    public override string ToString() => "";
}

/// <summary>What <see cref="Host.Start"/> started. Shows itself as one line; its HTML carries the scripts that figures need.</summary>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class StartedHost
{
    internal StartedHost() { }

    public override string ToString() =>
        $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, libtorch {torch.__version__}, {Host.Device.type}, {get_num_threads()} threads"
        + (
            HiddenCaches.Here
                ? "; this virtual machine hides its processor's caches, so convolutions take a slower way that is right here"
                : ""
        );

    /// <summary>The line, with plotly.js and the figures' script, each once.</summary>
    public string ToHtml() => FigureScripts.Html + $"<p>{ToString()}</p>";
}
