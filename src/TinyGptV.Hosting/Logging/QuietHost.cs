using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace TinyGptV.Hosting.Logging;

/// <summary>What silos and clients have in common: no settings but the command line's, and a log on standard error that is silent unless something is wrong.</summary>
internal static class QuietHost
{
    public static HostApplicationBuilder CreateBuilder(LogOptions log, LogLevel own)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        AddLog(builder, log, own);
        return builder;
    }

    /// <param name="builder">An empty builder: settings come from the command line alone, and no file of the working folder can change a result.</param>
    /// <param name="log">What the log says and how.</param>
    /// <param name="own">The least grave thing that grains and placement of this program say otherwise.</param>
    public static void AddLog(IHostApplicationBuilder builder, LogOptions log, LogLevel own)
    {
        builder.Logging.SetMinimumLevel(log.Verbose ? LogLevel.Information : LogLevel.Error);
        builder.Logging.AddFilter("TinyGptV", log.Verbose ? LogLevel.Debug : own);
        if (!log.Verbose)
        {
            // A start that failed or was given up is thrown too, and told once.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Critical);
        }
        if (log.Format == LogFormat.Json)
            builder.Logging.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat, console.IncludeScopes) = (true, "O", true));
        else
            builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled));
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
