# The same program with libtorch for CUDA 12.8: replicas on NVIDIA GPUs. Build in the root of the repository:
#   docker build -f k8s/images/cuda.Dockerfile -t tinygptv-cuda:0.1.0 .
#
# libtorch, cuBLAS and cuDNN are packages of exactly the version that TorchSharp was compiled for, so the base image needs no CUDA; the driver
# comes from the node (525.60 or newer, as for all of CUDA 12). The packages are several GB, and assembling them needs about 20 GB of disk during
# the build. If they are not available, README.md says how to use the libtorch of a PyTorch installation instead.
ARG SDK=10.0.401-noble
ARG RUNTIME=10.0.12-noble

FROM mcr.microsoft.com/dotnet/sdk:${SDK} AS build
WORKDIR /source
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NUGET_PACKAGES=/packages
COPY . .
RUN --mount=type=cache,target=/packages \
    dotnet publish src/TinyGptV.Cli -c Release -r linux-x64 --self-contained false -p:TorchBackend=cuda -o /app

# Not the chiseled image: the NVIDIA container runtime expects ldconfig.
FROM mcr.microsoft.com/dotnet/aspnet:${RUNTIME}
COPY --from=build /app /app
ENV PATH=/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    DOTNET_EnableDiagnostics=0 \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER 1654:1654
WORKDIR /tmp
ENTRYPOINT ["tinygptv"]
