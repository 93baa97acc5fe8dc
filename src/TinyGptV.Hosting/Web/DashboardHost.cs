using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Dashboard;
using TinyGptV.Hosting.Logging;

namespace TinyGptV.Hosting.Web;

/// <summary>A silo host that also serves the Orleans dashboard: the cluster's members, where grains live and how busy they are.</summary>
internal static class DashboardHost
{
    /// <param name="endpoint">Where to listen. The dashboard has no authentication: use loopback or an authenticating proxy.</param>
    /// <param name="log">Log options.</param>
    /// <param name="own">Minimum log level of this program's own code.</param>
    /// <param name="configure">Adds the silo to the host.</param>
    public static IHost Build(IPEndPoint endpoint, LogOptions log, LogLevel own, Action<IHostApplicationBuilder> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        QuietHost.AddLog(builder, log, own);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(endpoint));
        builder.Services.AddRouting();
        configure(builder);
        builder.UseOrleans(silo => silo.AddDashboard());
        WebApplication application = builder.Build();
        application.MapOrleansDashboard();
        return application;
    }
}
