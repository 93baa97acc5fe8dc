using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Orleans.Configuration;

namespace TinyGptV.Cli.Silo;

/// <summary>What silos and clients have in common: a name for the cluster, and a log on standard error that is silent unless something is wrong.</summary>
internal static class QuietHost
{
    /// <param name="verbose">Whether the log tells what goes on.</param>
    /// <param name="own">The least grave thing that grains and placement of this program say otherwise.</param>
    public static HostApplicationBuilder CreateBuilder(bool verbose, LogLevel own)
    {
        // Empty: settings come from the command line alone, and no file of the working folder can change a result.
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Error);
        builder.Logging.AddFilter("TinyGptV", verbose ? LogLevel.Debug : own);
        if (!verbose)
        {
            // A start that failed or was given up is thrown too, and told once.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Critical);
        }
        builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled));
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder;
    }

    public static void NameCluster(ClusterOptions options) => (options.ClusterId, options.ServiceId) = ("tinygptv", "tinygptv");
}
