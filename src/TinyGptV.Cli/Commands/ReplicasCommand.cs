using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv replicas</c>: lists the replicas of a cluster; its sub-command gives them another checkpoint.</summary>
internal sealed class ReplicasCommand : TeachingCommand
{
    private static readonly (string, string) Listing = ("The replicas of a cluster, with the models they have", "tinygptv replicas --cluster 127.0.0.1:30000");
    private static readonly (string, string) SubListing = ("The same for scripts", "tinygptv replicas list --format json --cluster 127.0.0.1:30000");
    private static readonly (string, string) LoadAll = ("Give every replica another checkpoint", "tinygptv replicas load ./checkpoints-2 --cluster 127.0.0.1:30000");
    private static readonly (string, string) LoadSome = ("Give it to two of them", "tinygptv replicas load ./checkpoints-2 --replica r1 --replica r2 --cluster 127.0.0.1:30000");

    public ReplicasCommand(ProgramEnvironment environment)
        : base("replicas", "Lists the replicas of a running cluster and the models they have. Gives them other checkpoints without starting them again.", Listing, LoadAll)
    {
        List(environment, this);
        var list = new TeachingCommand("list", "Lists the replicas of a cluster, as 'tinygptv replicas' alone does.", SubListing);
        List(environment, list);
        Add(list);
        Add(Load(environment));
    }

    private static void List(ProgramEnvironment environment, TeachingCommand command)
    {
        Option<string> format = RunOptions.Format();
        Enter(command, [format], (result, entrance, cancellationToken) =>
            new ReplicaListing(environment).WriteAsync(new ReplicaListingOptions(entrance, result.GetChoice<OutputFormat>(format)), cancellationToken));
    }

    private static TeachingCommand Load(ProgramEnvironment environment)
    {
        var command = new TeachingCommand(
            "load",
            "Gives replicas another checkpoint and waits until they have it. Each finishes what it has in hand, lets its model go and loads the new one; if that fails, the old one again. "
            + "Runs of the old model wait until a replica has it again. Ends with 2 if a replica does not have the new one in the end.",
            LoadAll,
            LoadSome);
        var location = new Argument<string>("DIR|URI") { Description = "The checkpoint, as the replicas see it: a folder where they run, or the URI of a prefix of a Blob container." };
        var replicas = new Option<string[]>("--replica") { Description = "The replica to ask; may be given several times. Default: all.", HelpName = "NAME" };
        command.Add(location);
        Enter(command, [replicas], (result, entrance, cancellationToken) =>
        {
            string text = result.GetRequiredValue(location);
            StorageLocation.Parse(text); // what is none anywhere is told before anybody is asked
            return new ReplicaLoading(environment).LoadAsync(new ReplicaLoadingOptions(entrance, text, [.. (result.GetValue(replicas) ?? []).Distinct()]), cancellationToken);
        });
        return command;
    }

    private static void Enter(TeachingCommand command, Option[] own, Func<ParseResult, ClusterEntrance, CancellationToken, Task<int>> act)
    {
        Option<string?> cluster = RunOptions.Cluster();
        Option<int> wait = RunOptions.Wait("How many seconds to wait for a cluster to answer.");
        var membership = new MembershipOptionSet();
        foreach (Option option in (Option[])[.. own, cluster, .. membership.All, wait])
            command.Add(option);
        command.SetAction((result, cancellationToken) =>
        {
            ClusterEntrance entrance = membership.BindEntrance(result, cluster, wait);
            return entrance.LeadsElsewhere ? act(result, entrance, cancellationToken) : throw new PrerequisiteException(
                "'tinygptv replicas' speaks to a cluster. Name it with --cluster or --clustering; 'tinygptv eval' alone takes its model from --model.");
        });
    }
}
