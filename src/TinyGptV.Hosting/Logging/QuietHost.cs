using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace TinyGptV.Hosting.Logging;

/// <summary>The host of silos and clients: configured by the command line only, with a log on standard error that is silent unless something fails.</summary>
internal static class QuietHost
{
    public static HostApplicationBuilder CreateBuilder(LogOptions log, LogLevel own)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        AddLog(builder, log, own);
        return builder;
    }

    /// <param name="builder">An empty builder, so that no settings file in the working folder can change a result.</param>
    /// <param name="log">Log options.</param>
    /// <param name="own">Minimum log level of this program's own code when not verbose.</param>
    public static void AddLog(IHostApplicationBuilder builder, LogOptions log, LogLevel own)
    {
        builder.Logging.SetMinimumLevel(log.Verbose ? LogLevel.Information : LogLevel.Error);
        builder.Logging.AddFilter("TinyGptV", log.Verbose ? LogLevel.Debug : own);
        if (!log.Verbose)
        {
            // A failed or cancelled start also throws; report it once.
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
