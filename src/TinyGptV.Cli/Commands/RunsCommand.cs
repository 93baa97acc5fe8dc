using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Membership;
using TinyGptV.Cli.Runs;
using TinyGptV.Evaluation;
using TinyGptV.Storage;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv runs</c>.</summary>
internal sealed class RunsCommand : TeachingCommand
{
    private readonly Option<string> _runs = RunOptions.Runs();
    private readonly Option<string?> _cluster = RunOptions.Cluster();
    private readonly Option<int> _wait = RunOptions.Wait("How many seconds to wait for a cluster to answer.");
    private readonly Option<string> _format = RunOptions.Format();
    private readonly MembershipOptionSet _membership = new();

    public RunsCommand(ProgramEnvironment environment) : base(
        "runs",
        "Lists runs and how far they are: those of a folder, or those of a running cluster.",
        ("The runs of a folder", "tinygptv runs --runs ./runs"),
        ("The runs of a cluster, also those under way", "tinygptv runs --cluster 127.0.0.1:30000"))
    {
        foreach (Option option in (Option[])[_runs, _cluster, .. _membership.All, _wait, _format]) Add(option);
        SetAction((result, cancellationToken) => new RunListing(environment).WriteAsync(Bind(result, environment), cancellationToken));
    }

    private RunListingOptions Bind(ParseResult result, ProgramEnvironment environment)
    {
        ClusterEntrance entrance = _membership.BindEntrance(result, _cluster, _wait);
        if (entrance.LeadsElsewhere && result.IsTyped(_runs, environment))
            throw new PrerequisiteException("--cluster lists the runs of a cluster, --runs those of a folder. Give one of the two.");
        return new RunListingOptions(entrance, StorageLocation.Parse(result.GetRequiredValue(_runs)), result.GetChoice<OutputFormat>(_format));
    }
}
