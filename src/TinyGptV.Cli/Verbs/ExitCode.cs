namespace TinyGptV.Cli.Verbs;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Success = 0;

    /// <summary>Finished, but some samples have no answer; the report counts them.</summary>
    public const int SamplesFailed = 1;

    /// <summary>The user has to act: a wrong option, a missing or malformed file. Repeating the command changes nothing.</summary>
    public const int UserMustAct = 2;

    /// <summary>
    /// The cluster, its membership store or object storage does not answer, or replicas failed whatever they were given: the same command can succeed
    /// later (EX_UNAVAILABLE of sysexits.h).
    /// </summary>
    public const int Unavailable = 69;

    /// <summary>An internal error (EX_SOFTWARE of sysexits.h).</summary>
    public const int Bug = 70;

    /// <summary>The other silos declared this one dead; restart it (EX_TEMPFAIL of sysexits.h).</summary>
    public const int DeclaredDead = 75;

    /// <summary>Stopped by Ctrl+C or SIGTERM (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
