using System.Text.Json;

namespace TinyGptV.Model.Configuration;

/// <summary>
/// Configuration files: snake case, as published. Uses reflection, because a property missing from the file must keep the default of its
/// initialiser; a generated serialiser would set it to zero.
/// </summary>
internal static class ConfigFile
{
    private static readonly JsonSerializerOptions Options =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true };

    /// <summary>All sizes in one line: values that the tensors do not show, such as the number of heads, affect answers too.</summary>
    public static string Write<T>(T config) => JsonSerializer.Serialize(config, Options);

    /// <summary>Reads a model's sizes. Properties missing from the file keep the published model's values.</summary>
    /// <exception cref="InvalidDataException">The file is not a JSON object, or a size is invalid.</exception>
    public static TinyGptVConfig ReadModel(string path) => Read<TinyGptVConfig>(path).Checked(path);

    /// <summary>Reads the language model's sizes from <c>config.json</c> of a Phi-2 folder.</summary>
    /// <exception cref="InvalidDataException">The file is not a JSON object, or a size is invalid.</exception>
    public static PhiConfig ReadPhi(string path) => Read<PhiConfig>(path).Checked(path);

    private static T Read<T>(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(stream, Options)
                ?? throw new InvalidDataException($"'{path}' contains null; expected a JSON object with the model's sizes.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not a valid model configuration: {e.Message}", e);
        }
    }
}
