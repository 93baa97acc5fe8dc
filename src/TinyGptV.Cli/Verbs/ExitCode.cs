namespace TinyGptV.Cli.Verbs;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Everything that was asked for is done.</summary>
    public const int Success = 0;

    /// <summary>The run is finished, but some samples have no answer; the report counts them.</summary>
    public const int SamplesFailed = 1;

    /// <summary>The user has to act: a wrong option, a missing or malformed file.</summary>
    public const int UserMustAct = 2;

    /// <summary>A mistake in the program (EX_SOFTWARE of sysexits.h).</summary>
    public const int Bug = 70;

    /// <summary>The other silos have declared this one dead; it is to be started again (EX_TEMPFAIL of sysexits.h).</summary>
    public const int DeclaredDead = 75;

    /// <summary>Stopped by Ctrl+C or SIGTERM (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
