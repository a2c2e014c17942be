namespace Diffusion.Runner.Commands;

/// <summary>What the runner's exit codes mean.</summary>
public static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A notebook failed, or a check found something.</summary>
    public const int Failure = 1;

    /// <summary>The command could not begin (wrong arguments, missing files), or could not write.</summary>
    public const int Unusable = 2;

    /// <summary>The runner itself failed, which it should not.</summary>
    public const int Defect = 3;

    /// <summary>Ctrl-C.</summary>
    public const int Cancelled = 130;

    /// <summary>SIGTERM.</summary>
    public const int Terminated = 143;
}
