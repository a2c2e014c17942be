#nullable enable
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Hands a program text to libtorch's own interpreter, TorchScript.</summary>
/// <remarks>
/// Two things are gained over calls from C#: operators that TorchSharp has no name for
/// (<c>ops.mkldnn…</c>), and one call for a whole network. <c>torch.jit.compile</c> knows no such
/// operators, a saved module does: so the text goes into an archive as <c>torch.jit.save</c> writes it.
/// </remarks>
internal static class TorchScript
{
    // libtorch never gives back what it compiled, even after Dispose (measured: 20 MB for a network
    // that samples, 137 MB for one that is trained as well, whatever its size). So each text is compiled
    // once and kept; weights are arguments, hence networks of one configuration share a program.
    private static readonly ConcurrentDictionary<string, Lazy<jit.ScriptModule>> Programs = new(
        StringComparer.Ordinal
    );

    /// <summary>The program of a text: compiled when it is first asked for, the same object from then on.</summary>
    /// <param name="methods">
    /// Python methods of one class, indented by two blanks, <c>self</c> of type <c>__torch__.Program</c>.
    /// </param>
    /// <returns>Not to be disposed of: others have it too.</returns>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch does not accept the text, or lacks an operator.</exception>
    public static jit.ScriptModule Program(string methods) =>
        Programs.GetOrAdd(methods, text => new Lazy<jit.ScriptModule>(() => Load(text))).Value;

    private static jit.ScriptModule Load(string methods)
    {
        var code =
            $"class Program(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n{methods}\n";
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Put(archive, "data.pkl", ObjectWithoutState());
            Put(archive, "code/__torch__.py", Encoding.ASCII.GetBytes(code));
            Put(archive, "constants.pkl", [0x80, 2, (byte)')', (byte)'.']); // pickle: an empty tuple
            Put(archive, "version", Encoding.ASCII.GetBytes("3\n"));
        }
        return jit.load(memory.ToArray(), DeviceType.CPU);
    }

    /// <summary>Pickle, protocol 2: an object of the class, whose only field <c>training</c> is false.</summary>
    private static byte[] ObjectWithoutState()
    {
        var bytes = new List<byte> { 0x80, 2 };
        bytes.AddRange(Encoding.ASCII.GetBytes("c__torch__\nProgram\n"));
        bytes.AddRange([(byte)')', 0x81, (byte)'}', (byte)'(', (byte)'X', 8, 0, 0, 0]);
        bytes.AddRange(Encoding.ASCII.GetBytes("training"));
        bytes.AddRange([0x89, (byte)'u', (byte)'b', (byte)'.']);
        return bytes.ToArray();
    }

    private static void Put(ZipArchive archive, string name, byte[] content)
    {
        using var entry = archive
            .CreateEntry("program/" + name, CompressionLevel.NoCompression)
            .Open();
        entry.Write(content);
    }

    /// <summary>Calls a program and holds its arguments until it has ended.</summary>
    /// <param name="arguments">Tensors, arrays of them, and <c>int</c>s.</param>
    /// <exception cref="System.ArgumentException">
    /// A number of another type: TorchSharp would make a handle of it that nobody holds while libtorch
    /// reads it, and the garbage collector takes it away now and then.
    /// </exception>
    public static object Call(jit.ScriptModule program, params object[] arguments)
    {
        if (arguments.FirstOrDefault(a => a is not (Tensor or Tensor[] or int)) is object wrong)
            throw new ArgumentException(
                $"A program's argument is a {wrong.GetType().Name}: give a tensor, an array of tensors, or an int.",
                nameof(arguments)
            );
        var result = program.forward(arguments);
        GC.KeepAlive(arguments);
        return result;
    }
}
