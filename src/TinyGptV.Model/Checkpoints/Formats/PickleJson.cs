using System.Globalization;
using System.Text.Json.Nodes;
using TinyGptV.Pickle;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>
/// Shows pickled values as JSON. A pickle can share and nest values endlessly, so depth and number are limited; the rest is left out.
/// </summary>
internal sealed class PickleJson
{
    private const int Deepest = 32;
    private const string LeftOut = "(left out)";

    private int _left = 100_000;

    public JsonNode? Convert(object? value) => Convert(value, 0);

    public static string Key(object? key) => key switch
    {
        string text => text,
        null => "None",
        PickleTuple or List<object?> or PickleDictionary => LeftOut,
        _ => System.Convert.ToString(key, CultureInfo.InvariantCulture) ?? LeftOut,
    };

    private JsonNode? Convert(object? value, int depth)
    {
        if (_left-- <= 0 || depth > Deepest)
            return LeftOut;
        return value switch
        {
            null => null,
            string text => text,
            bool flag => flag,
            long number => number,
            double number when double.IsFinite(number) => number,
            PickleDictionary dictionary => ConvertDictionary(dictionary, depth),
            List<object?> list => ConvertList(list, depth),
            PickleTuple tuple => ConvertList(tuple.Items, depth),
            TorchView view => $"tensor {TensorHeader.ShapeTextOf(view.Shape.AsSpan())}",
            _ => System.Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }

    private JsonObject ConvertDictionary(PickleDictionary dictionary, int depth)
    {
        var result = new JsonObject();
        foreach ((object? key, object? value) in dictionary.Entries)
        {
            if (_left <= 0)
                break;
            result[Key(key)] = Convert(value, depth + 1);
        }

        return result;
    }

    private JsonArray ConvertList(IReadOnlyList<object?> items, int depth)
    {
        var result = new JsonArray();
        for (int i = 0; i < items.Count && _left > 0; i++)
            result.Add(Convert(items[i], depth + 1));
        return result;
    }
}
