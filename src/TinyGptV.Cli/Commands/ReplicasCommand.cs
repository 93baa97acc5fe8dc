using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv replicas</c>: lists the replicas of a cluster; a sub-command loads another checkpoint.</summary>
internal sealed class ReplicasCommand : TeachingCommand
{
    private static readonly (string, string) Listing =
        ("The replicas of a cluster and their models", "tinygptv replicas --cluster 127.0.0.1:30000");

    private static readonly (string, string) SubListing =
        ("The same for scripts", "tinygptv replicas list --format json --cluster 127.0.0.1:30000");

    private static readonly (string, string) LoadAll =
        ("Load another checkpoint on every replica", "tinygptv replicas load ./checkpoints-2 --cluster 127.0.0.1:30000");

    private static readonly (string, string) LoadSome =
        ("Load it on two of them", "tinygptv replicas load ./checkpoints-2 --replica r1 --replica r2 --cluster 127.0.0.1:30000");

    public ReplicasCommand(ProgramEnvironment environment)
        : base("replicas", "Lists the replicas of a running cluster and their models. Loads other checkpoints without restarting replicas.", Listing, LoadAll)
    {
        List(environment, this);
        var list = new TeachingCommand("list", "Lists the replicas of a cluster; same as 'tinygptv replicas'.", SubListing);
        List(environment, list);
        Add(list);
        Add(Load(environment));
    }

    private static void List(ProgramEnvironment environment, TeachingCommand command)
    {
        Option<string> format = CommandOptions.Format();
        Enter(command, [format], (result, entrance, cancellationToken) =>
            new ReplicaListing(environment).WriteAsync(new ReplicaListingOptions(entrance, result.GetChoice<OutputFormat>(format)), cancellationToken));
    }

    private static TeachingCommand Load(ProgramEnvironment environment)
    {
        var command = new TeachingCommand(
            "load",
            "Loads another checkpoint on replicas and waits until they have it. Each replica finishes its current work, unloads its model and loads the new "
            + "one; if that fails, it reloads the old one. Runs of the old model wait until a replica has it again. "
            + "Exit code 2 if a replica could not load the new one.",
            LoadAll,
            LoadSome);
        var location = new Argument<string>("DIR|URI")
        {
            Description = "The checkpoint, as the replicas see it: a folder on their machines, or the URI of a prefix in a Blob container.",
        };
        var replicas = new Option<string[]>("--replica") { Description = "A replica to load it on; can be repeated. Default: all.", HelpName = "NAME" };
        command.Add(location);
        Enter(command, [replicas], (result, entrance, cancellationToken) =>
        {
            string text = result.GetRequiredValue(location);
            StorageLocation.Parse(text); // rejects an invalid location before connecting
            var options = new ReplicaLoadingOptions(entrance, text, [.. (result.GetValue(replicas) ?? []).Distinct()]);
            return new ReplicaLoading(environment).LoadAsync(options, cancellationToken);
        });
        return command;
    }

    private static void Enter(TeachingCommand command, Option[] own, Func<ParseResult, ClusterEntrance, CancellationToken, Task<int>> act)
    {
        Option<string?> cluster = CommandOptions.Cluster();
        Option<int> wait = CommandOptions.Wait("How long to wait for the cluster.");
        var membership = new MembershipOptionSet();
        foreach (Option option in (Option[])[.. own, cluster, .. membership.All, wait])
            command.Add(option);
        command.SetAction((result, cancellationToken) =>
        {
            ClusterEntrance entrance = membership.BindEntrance(result, cluster, wait);
            return entrance.LeadsElsewhere ? act(result, entrance, cancellationToken) : throw new PrerequisiteException(
                "'tinygptv replicas' needs a cluster. Name it with --cluster or --clustering; "
                + "without a cluster, 'tinygptv eval' takes its model from --model.");
        });
    }
}
