using System;
using Microsoft.DotNet.Interactive.Formatting;

namespace Microsoft.DotNet.Interactive
{
    /// <summary>The static members that the engine's cells see without saying a name.</summary>
    public static class Kernel
    {
        public static DisplayedValue display(object value, params string[] mimeTypes) =>
            value.Display(mimeTypes);
    }
}

namespace System
{
    /// <summary>Part of namespace System, as in the engine, so that every cell sees it.</summary>
    public static class DisplayExtensions
    {
        /// <summary>Shows a value in the running cell.</summary>
        public static DisplayedValue Display(this object value, params string[] mimeTypes)
        {
            var context =
                Microsoft.DotNet.Interactive.KernelInvocationContext.Current
                ?? throw new InvalidOperationException("Nothing can be shown: no cell is running.");
            context.Show(value, mimeTypes);
            // In the last engine an Update of what this returns is lost. A notebook must not rely on more.
            return new DisplayedValue(value, mimeTypes, _ => { });
        }
    }
}
