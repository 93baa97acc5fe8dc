
namespace TinyGptV.Hosting.Telemetry;

/// <summary>
/// Ends the process on a fatal silo error. If the cluster declared the silo dead, for example after a freeze, it prints one sentence and uses
/// an exit code that makes an orchestrator restart it. Otherwise it prints the details.
/// </summary>
/// <param name="silo">The silo's name.</param>
/// <param name="health">Set to dead.</param>
/// <param name="error">Where to print the message.</param>
/// <param name="exit">Ends the process; the argument says whether the silo was declared dead and should be restarted.</param>
public sealed class FatalErrors(string silo, SiloHealth health, TextWriter error, Action<bool> exit) : IFatalErrorHandler
{
    // The only hint that Orleans gives about the cause.
    private const string DeathSign = "told I am dead";

    private volatile bool _leaves;

    /// <summary>The silo leaves because its membership store has forgotten it: what fails from now on is no error of its own.</summary>
    public void Leave()
    {
        _leaves = true;
        health.Enter(SiloPhase.Dead);
    }

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (_leaves)
        {
            exit(true);
            return;
        }

        health.Enter(SiloPhase.Dead);
        bool declaredDead = context?.Contains(DeathSign, StringComparison.Ordinal) == true;
        error.WriteLine(declaredDead
            ? $"silo '{silo}' stops: the cluster declared it dead because it did not answer in time. Start it again."
            : $"silo '{silo}' stops: {context} {exception}");
        error.Flush();
        exit(declaredDead);
    }
}
