using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Diffusion.Runner")]
[assembly: InternalsVisibleTo("Runner.Tests")]
[assembly: InternalsVisibleTo("Notebooks.Tests")]
