using System.Collections.Immutable;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Model;
using TinyGptV.Storage;

namespace TinyGptV.Backends;

/// <summary>Turns the user's options into models to load: one per device.</summary>
public static class ModelSources
{
    /// <summary>Lists the models.</summary>
    /// <param name="load">Loads a model from its files.</param>
    /// <param name="options">The model and its devices.</param>
    /// <param name="storage">Downloads checkpoints from object storage.</param>
    /// <param name="time">The clock of scripted models.</param>
    /// <param name="scripts">Number of scripted models per device; 1 (the default) for a real model.</param>
    /// <returns>One source per device and scripted model; at least one.</returns>
    /// <exception cref="PrerequisiteException">A device is invalid or not available.</exception>
    public static ImmutableArray<IModelSource> For(ModelLoader load, ModelOptions options, StorageAccess storage, TimeProvider time, int scripts = 1) =>
        [.. PerDevice(options).SelectMany(one => Enumerable.Repeat(one, scripts)).Select(one => new CheckpointSource(load, one, storage, time))];

    private static ImmutableArray<ModelOptions> PerDevice(ModelOptions options)
    {
        try
        {
            ImmutableArray<string> devices = ComputeDevices.Parse(options.Device, ComputeDevices.CountGpus);
            // Several models on one CPU share its cores. With a thread per core in each of them they would only wait for each other.
            int threads = Math.Max(Environment.ProcessorCount / devices.Length, 1);
            return [.. devices.Select(device => options with { Device = device, Threads = options.Threads ?? threads })];
        }
        catch (InvalidDataException exception)
        {
            throw new PrerequisiteException($"--device cannot be used: {exception.Message}", exception);
        }
    }
}
