using System.Collections.Immutable;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Model;
using TinyGptV.Storage;

namespace TinyGptV.Backends;

/// <summary>What a user asked for as models to be loaded: one for each device.</summary>
public static class ModelSources
{
    /// <summary>Lists the models.</summary>
    /// <param name="load">Loads a model from its files.</param>
    /// <param name="options">The model and its devices.</param>
    /// <param name="storage">Brings checkpoints that are in object storage.</param>
    /// <param name="time">The clock of scripts.</param>
    /// <param name="scripts">How many scripts there are on each device; 1 (the default) for a model.</param>
    /// <returns>One source for each device and script; at least one.</returns>
    /// <exception cref="PrerequisiteException">A device is not there.</exception>
    public static ImmutableArray<IModelSource> For(ModelLoader load, ModelOptions options, StorageAccess storage, TimeProvider time, int scripts = 1) =>
        [.. PerDevice(options).SelectMany(one => Enumerable.Repeat(one, scripts)).Select(one => new CheckpointSource(load, one, storage, time))];

    private static ImmutableArray<ModelOptions> PerDevice(ModelOptions options)
    {
        try
        {
            ImmutableArray<string> devices = ComputeDevices.Parse(options.Device, ComputeDevices.CountGpus);
            // Several models on one CPU share its cores; a thread for each core in each of them would only make them wait for each other.
            int threads = Math.Max(Environment.ProcessorCount / devices.Length, 1);
            return [.. devices.Select(device => options with { Device = device, Threads = options.Threads ?? threads })];
        }
        catch (InvalidDataException exception)
        {
            throw new PrerequisiteException($"--device cannot be used: {exception.Message}", exception);
        }
    }
}
