using TinyGptV.Evaluation;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// Why a lease came to nothing, in the same words wherever and whenever it happens: they become part of the predictions of samples that
/// cost their replicas.
/// </summary>
/// <param name="Text">The words.</param>
/// <param name="IsReported">True if the replica lives and says so; false if it is gone.</param>
internal readonly record struct LossReason(string Text, bool IsReported)
{
    public static LossReason Of(Exception loss) => loss switch
    {
        OrleansException or TimeoutException or OperationCanceledException => new LossReason("the replica's process was lost", false),
        PrerequisiteException or InvalidDataException => new LossReason(loss.Message, true),
        _ => new LossReason($"{loss.GetType().Name}: {loss.Message}", true),
    };
}
