using System.Reflection;

namespace TinyGptV.Evaluation;

/// <summary>The version of this program, as manifests, logs and metrics name it.</summary>
public static class ProgramVersion
{
    /// <summary>Major, minor and patch, and a pre-release if there is one; without the commit it was built from.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
