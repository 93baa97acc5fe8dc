using TinyGptV.Kubernetes.Tests.Manifests;

namespace TinyGptV.Kubernetes.Tests;

/// <summary>The container files match the manifests. The tests do not build them: that needs a container engine and, for CUDA, several GB.</summary>
public sealed class ImageTests
{
    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("cuda", "cuda")]
    public void Image_is_pinned_runs_the_program_and_is_nobody(string name, string backend)
    {
        ImageFile image = ImageFile.Read(name);

        Assert.Equal(backend, image.TorchBackend);
        // Ubuntu 24.04 has the C++ runtime of GCC 13 or newer. A tag with three numbers does not move to another runtime.
        Assert.Equal(2, image.Bases.Count());
        Assert.All(image.Bases, image => Assert.Matches(@"^mcr\.microsoft\.com/dotnet/(sdk|aspnet):10\.\d+\.\d+-noble(-chiseled)?$", image));
        Assert.Equal("tinygptv", image.EntryPoint);
        Assert.Contains(image.Environment, pair => pair.Key == "PATH" && pair.Value.StartsWith("/app:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cuda")]
    public void Pods_run_as_the_user_of_the_image(string name)
    {
        string user = ImageFile.Read(name).User;

        Workload[] program = [.. RenderedManifests.Overlays.Select(RenderedManifests.Render)
            .SelectMany(manifests => manifests.Workloads)
            .Where(workload => workload.Labels["app.kubernetes.io/name"] == "tinygptv")];
        Assert.NotEmpty(program);
        Assert.All(program, workload => Assert.Equal(user, $"{workload.Pod.SecurityContext.RunAsUser}:{workload.Pod.SecurityContext.RunAsGroup}"));
    }

    [Fact]
    public void Only_replicas_on_GPUs_run_the_image_with_CUDA()
    {
        RenderedManifests manifests = RenderedManifests.Render("gpu-azure");

        foreach (Workload workload in manifests.Workloads)
        {
            bool hasGpu = workload.Container.Resources.Limits.ContainsKey("nvidia.com/gpu");
            Assert.Equal(workload.Component == "replica", hasGpu);
            Assert.Equal(hasGpu, workload.Container.Image.Contains("-cuda:", StringComparison.Ordinal));
            Assert.Equal(hasGpu, (workload.Container.Env ?? []).Any(variable => variable is { Name: "TINYGPTV_DEVICE", Value: "cuda" }));
        }
    }
}
