using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv runs</c>: lists runs; sub-commands pause, resume and cancel the runs of a cluster.</summary>
internal sealed class RunsCommand : TeachingCommand
{
    private static readonly (string, string)[] Listings =
    [
        ("The runs in a folder", "tinygptv runs --runs ./runs"),
        ("The runs of a cluster, including active ones", "tinygptv runs --cluster 127.0.0.1:30000"),
    ];

    private static readonly (string, string) Pause =
        ("Pause a run; it stays paused even if the cluster restarts", "tinygptv runs pause my-run --cluster 127.0.0.1:30000");

    private static readonly (string, string) Resume =
        ("Resume it with high priority", "tinygptv runs resume my-run --priority 10 --cluster 127.0.0.1:30000");

    private static readonly (string, string) Cancel =
        ("Stop it at once; predictions are kept", "tinygptv runs cancel my-run --cluster 127.0.0.1:30000");

    public RunsCommand(ProgramEnvironment environment)
        : base(
            "runs",
            "Lists the runs in a folder or on a running cluster, with their progress. Pauses, resumes and cancels runs on a cluster.",
            [.. Listings, Pause, Resume, Cancel])
    {
        List(environment, this);
        var list = new TeachingCommand("list", "Lists runs with their progress; same as 'tinygptv runs'.", Listings);
        List(environment, list);
        Add(list);
        Add(Control(environment, RunControlAction.Pause, "Pauses a run until it is resumed: finishes shards in progress, starts no new ones.", Pause));
        Add(Control(environment, RunControlAction.Resume, "Continues a run that was paused or cancelled, or failed.", Resume));
        Add(Control(environment, RunControlAction.Cancel, "Stops a run at once. Predictions are kept, and the run can be resumed.", Cancel));
    }

    private static void List(ProgramEnvironment environment, TeachingCommand command)
    {
        Option<string> runs = CommandOptions.Runs();
        Option<string?> cluster = CommandOptions.Cluster();
        Option<int> wait = CommandOptions.Wait("How long to wait for the cluster.");
        Option<string> format = CommandOptions.Format();
        var membership = new MembershipOptionSet();
        foreach (Option option in (Option[])[runs, cluster, .. membership.All, wait, format])
            command.Add(option);
        command.SetAction((result, cancellationToken) =>
        {
            ClusterEntrance entrance = membership.BindEntrance(result, cluster, wait);
            if (entrance.LeadsElsewhere && result.IsTyped(runs, environment))
                throw new PrerequisiteException("--cluster lists the runs of a cluster, --runs those in a folder. Use only one of the two.");
            var options = new RunListingOptions(entrance, StorageLocation.Parse(result.GetRequiredValue(runs)), result.GetChoice<OutputFormat>(format));
            return new RunListing(environment).WriteAsync(options, cancellationToken);
        });
    }

    private static TeachingCommand Control(ProgramEnvironment environment, RunControlAction action, string description, (string, string) example)
    {
        Argument<string> run = CommandOptions.Run();
        Option<int?> priority = CommandOptions.Priority();
        Option<string?> cluster = CommandOptions.Cluster();
        Option<int> wait = CommandOptions.Wait("How long to wait for the cluster.");
        var membership = new MembershipOptionSet();
        var command = new TeachingCommand(action.ToString().ToLowerInvariant(), description, example);
        command.Add(run);
        foreach (Option option in (Option[])[.. action == RunControlAction.Resume ? [priority] : Array.Empty<Option>(), cluster, .. membership.All, wait])
            command.Add(option);
        command.SetAction((result, cancellationToken) =>
        {
            ClusterEntrance entrance = membership.BindEntrance(result, cluster, wait);
            if (!entrance.LeadsElsewhere)
                throw new PrerequisiteException(
                    $"'tinygptv runs {command.Name}' needs a cluster. Name it with --cluster or --clustering. "
                    + "Without a cluster, stop 'tinygptv eval' with Ctrl+C and continue it with the same command.");
            int? wanted = action == RunControlAction.Resume ? result.GetValue(priority) : null;
            var options = new RunControlOptions(entrance, RunId.Parse(result.GetRequiredValue(run)), action, wanted);
            return new RunControl(environment).ApplyAsync(options, cancellationToken);
        });
        return command;
    }
}
