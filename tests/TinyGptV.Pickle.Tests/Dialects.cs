using System.Collections.Frozen;

namespace TinyGptV.Pickle.Tests;

/// <summary>Dialects that allow everything, or just what a test needs.</summary>
internal static class Dialects
{
    public static PickleDialect Everything { get; } = Of(new EchoedNames(), Enum.GetValues<PickleOpcode>());

    public static PickleDialect EverythingButNames { get; } = Of(null, Enum.GetValues<PickleOpcode>());

    public static PickleDialect Of(IPickleNames? names, params PickleOpcode[] opcodes) => new()
    {
        Opcodes = opcodes.ToFrozenSet(),
        Scope = "the rest is silence",
        MostOpcodes = 1_000_000,
        NewDictionary = () => new Fields(),
        Names = names,
    };

    internal sealed class Fields : Dictionary<string, object?>, IPickleDictionary
    {
        public void Set(object? key, object? value) => this[key as string ?? throw new InvalidDataException("no text")] = value;
    }

    /// <summary>Returns each request as text.</summary>
    private sealed class EchoedNames : IPickleNames
    {
        public object Global(string module, string name) => $"{module}.{name}";

        public object Call(object? function, object? arguments) => $"{function}({string.Join(", ", ((PickleTuple)arguments!).Items)})";

        public object Persistent(object? identity) => $"#{identity}";

        public void Build(object? target)
        {
            if (target is not Fields)
                throw new InvalidDataException("no dictionary");
        }
    }
}
