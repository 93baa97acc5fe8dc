# The program with libtorch for the CPU: coordinators, evaluation jobs, replicas without a GPU. Build in the root of the repository:
#   docker build -f k8s/images/cpu.Dockerfile -t tinygptv:0.1.0 .
#
# Ubuntu 24.04 in both stages: libLibTorchSharp.so needs the C++ runtime of GCC 13 (docs/decisions/0001).
ARG SDK=10.0.401-noble
ARG RUNTIME=10.0.12-noble-chiseled

FROM mcr.microsoft.com/dotnet/sdk:${SDK} AS build
WORKDIR /source
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NUGET_PACKAGES=/packages
COPY . .
RUN --mount=type=cache,target=/packages \
    dotnet publish src/TinyGptV.Cli -c Release -r linux-x64 --self-contained false -p:TorchBackend=cpu -o /app

# No shell, no package manager; the user `app` (1654) owns none of the program's files.
FROM mcr.microsoft.com/dotnet/aspnet:${RUNTIME}
COPY --from=build /app /app
# The file system is read-only at run time. .NET diagnostics would need a writable socket and would open a way into the process.
ENV PATH=/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DOTNET_EnableDiagnostics=0
USER 1654:1654
WORKDIR /tmp
ENTRYPOINT ["tinygptv"]
