namespace Diffusion.Runner.Doctor;

/// <summary>How bad something is.</summary>
public enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth knowing; everything runs.</summary>
    Remark,

    /// <summary>Something will not run, and the text says what to do.</summary>
    Trouble,
}

/// <summary>One thing that the doctor looked at.</summary>
public sealed record Finding(Verdict Verdict, string Text);
