using System.Reflection;

namespace TinyGptV.Evaluation;

/// <summary>The version of this program, as shown in manifests, logs and metrics.</summary>
public static class ProgramVersion
{
    /// <summary>Major, minor and patch, with any pre-release label but without the commit hash.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
