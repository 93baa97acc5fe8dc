namespace TinyGptV.Evaluation.Runs;

/// <summary>Tells which owners of runs are processes of this machine, and whether they have ended.</summary>
public interface IProcessWatch
{
    /// <summary>Describes this process.</summary>
    /// <param name="instance">Unique for every start of a coordinator.</param>
    /// <param name="silo">Its address in its cluster; null if it has none.</param>
    /// <returns>The owner.</returns>
    RunOwner Describe(string instance, string? silo);

    /// <summary>What is known of the owner's process.</summary>
    /// <param name="owner">The owner.</param>
    /// <returns>True if the process lives, false if it has ended, null if it is not one of this machine.</returns>
    bool? IsAlive(RunOwner owner);
}
