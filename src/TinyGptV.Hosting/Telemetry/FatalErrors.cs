
namespace TinyGptV.Hosting.Telemetry;

/// <summary>
/// Ends the process when its silo cannot go on: with one sentence and an exit code that tells an orchestrator to start it again if the
/// others have declared it dead, for example after it was frozen for a while; with the details if it is a mistake.
/// </summary>
/// <param name="silo">The silo's name.</param>
/// <param name="health">Learns that the silo is dead.</param>
/// <param name="error">Where the sentence goes.</param>
/// <param name="exit">Ends the process; told whether the others have declared the silo dead, so that it should be started again.</param>
public sealed class FatalErrors(string silo, SiloHealth health, TextWriter error, Action<bool> exit) : IFatalErrorHandler
{
    // The only sign that the framework gives of the cause.
    private const string DeathSign = "told I am dead";

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        health.Enter(SiloPhase.Dead);
        bool declaredDead = context?.Contains(DeathSign, StringComparison.Ordinal) == true;
        error.WriteLine(declaredDead
            ? $"silo '{silo}' ends: the others have declared it dead, for it did not answer them in time. Start it again."
            : $"silo '{silo}' ends: {context} {exception}");
        error.Flush();
        exit(declaredDead);
    }
}
