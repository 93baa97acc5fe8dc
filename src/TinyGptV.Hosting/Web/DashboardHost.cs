using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Dashboard;
using TinyGptV.Hosting.Logging;

namespace TinyGptV.Hosting.Web;

/// <summary>A silo's host that also serves the Orleans dashboard: who is in the cluster, which grains live where and how busy they are.</summary>
internal static class DashboardHost
{
    /// <param name="endpoint">Where to listen. The dashboard asks nobody who they are: loopback, or behind something that does.</param>
    /// <param name="log">What the log says and how.</param>
    /// <param name="own">The least grave thing that grains of this program say.</param>
    /// <param name="configure">Makes the host a silo.</param>
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
