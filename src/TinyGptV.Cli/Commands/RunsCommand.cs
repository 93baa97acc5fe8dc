using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv runs</c>: lists runs; its sub-commands pause, resume and cancel those of a cluster.</summary>
internal sealed class RunsCommand : TeachingCommand
{
    private static readonly (string, string)[] Listings =
    [
        ("The runs of a folder", "tinygptv runs --runs ./runs"),
        ("The runs of a cluster, also those under way", "tinygptv runs --cluster 127.0.0.1:30000"),
    ];

    private static readonly (string, string) Pause = ("Let a run wait; it stays paused whatever happens to the cluster", "tinygptv runs pause my-run --cluster 127.0.0.1:30000");
    private static readonly (string, string) Resume = ("Let it go on, before all others", "tinygptv runs resume my-run --priority 10 --cluster 127.0.0.1:30000");
    private static readonly (string, string) Cancel = ("Stop it at once; what is predicted is kept", "tinygptv runs cancel my-run --cluster 127.0.0.1:30000");

    public RunsCommand(ProgramEnvironment environment)
        : base("runs", "Lists runs and how far they are: those of a folder, or those of a running cluster. Pauses, resumes and cancels the runs of a cluster.", [.. Listings, Pause, Resume, Cancel])
    {
        List(environment, this);
        var list = new TeachingCommand("list", "Lists runs and how far they are, as 'tinygptv runs' alone does.", Listings);
        List(environment, list);
        Add(list);
        Add(Control(environment, RunControlAction.Pause, "Gives out no more shards of a run; those under way are finished. The run stays paused until it is resumed.", Pause));
        Add(Control(environment, RunControlAction.Resume, "Continues a run that was paused or cancelled, or failed.", Resume));
        Add(Control(environment, RunControlAction.Cancel, "Stops a run at once. What is predicted is kept, and the run can be resumed.", Cancel));
    }

    private static void List(ProgramEnvironment environment, TeachingCommand command)
    {
        Option<string> runs = RunOptions.Runs();
        Option<string?> cluster = RunOptions.Cluster();
        Option<int> wait = RunOptions.Wait("How many seconds to wait for a cluster to answer.");
        Option<string> format = RunOptions.Format();
        var membership = new MembershipOptionSet();
        foreach (Option option in (Option[])[runs, cluster, .. membership.All, wait, format])
            command.Add(option);
        command.SetAction((result, cancellationToken) =>
        {
            ClusterEntrance entrance = membership.BindEntrance(result, cluster, wait);
            if (entrance.LeadsElsewhere && result.IsTyped(runs, environment))
                throw new PrerequisiteException("--cluster lists the runs of a cluster, --runs those of a folder. Give one of the two.");
            var options = new RunListingOptions(entrance, StorageLocation.Parse(result.GetRequiredValue(runs)), result.GetChoice<OutputFormat>(format));
            return new RunListing(environment).WriteAsync(options, cancellationToken);
        });
    }

    private static TeachingCommand Control(ProgramEnvironment environment, RunControlAction action, string description, (string, string) example)
    {
        Argument<string> run = RunOptions.Run();
        Option<int?> priority = RunOptions.Priority();
        Option<string?> cluster = RunOptions.Cluster();
        Option<int> wait = RunOptions.Wait("How many seconds to wait for a cluster to answer.");
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
                    $"'tinygptv runs {command.Name}' speaks to a cluster. Name it with --cluster or --clustering; a run of 'tinygptv eval' alone is stopped by Ctrl+C and continued by the same command.");
            int? wanted = action == RunControlAction.Resume ? result.GetValue(priority) : null;
            return new RunControl(environment).ApplyAsync(new RunControlOptions(entrance, RunId.Parse(result.GetRequiredValue(run)), action, wanted), cancellationToken);
        });
        return command;
    }
}
