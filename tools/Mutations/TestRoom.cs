using System.Collections;
using System.Reflection;
using System.Runtime.Loader;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace TinyGptV.Mutations;

/// <summary>How a test method ended.</summary>
public enum Outcome
{
    /// <summary>It passed.</summary>
    Passed,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It did not end in time.</summary>
    Endless,
}

/// <summary>
/// Tests and mutated project, loaded apart from everything else, with statics of their own.
/// </summary>
/// <param name="image">The mutated project.</param>
/// <param name="tests">The file of the test assembly.</param>
/// <param name="isBrief">True if it is for one mutant alone, and is to be unloaded.</param>
public sealed class TestRoom(byte[] image, string tests, bool isBrief) : AssemblyLoadContext(isBrief)
{
    private Type? _switch;

    /// <summary>The number of the mutant that is on; 0 for none.</summary>
    public int Active
    {
        get => (int)Switch.GetField(nameof(Active))!.GetValue(null)!;
        set => Switch.GetField(nameof(Active))!.SetValue(null, value);
    }

    /// <summary>False once something in it could not be ended.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>Which mutants were asked whether they are on while none was, since the last time.</summary>
    /// <returns>True at the number of each.</returns>
    public bool[] TakeReached()
    {
        FieldInfo field = Switch.GetField("Reached")!;
        bool[] reached = (bool[])field.GetValue(null)!;
        field.SetValue(null, new bool[reached.Length]);
        return reached;
    }

    /// <summary>The names of all test methods that need nothing but themselves; simulations, which take seconds each, are left out.</summary>
    /// <returns>Type and method.</returns>
    public IEnumerable<(string Type, string Method)> Find() =>
        from type in LoadFromAssemblyPath(tests).GetTypes()
        where !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is not null && !type.Name.StartsWith("Simulated", StringComparison.Ordinal)
        from method in type.GetMethods()
        where method.GetCustomAttributes().Any(attribute => attribute is IFactAttribute)
        select (type.FullName!, method.Name);

    /// <summary>Runs a test method with each of its rows until one fails.</summary>
    /// <param name="test">Type and method.</param>
    /// <param name="limit">How long it may take.</param>
    /// <returns>How it ended.</returns>
    public Outcome Run((string Type, string Method) test, TimeSpan limit)
    {
        Task<bool> run = Task.Factory.StartNew(() => Passes(test), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (run.Wait(limit))
            return run.Result ? Outcome.Passed : Outcome.Failed;
        // The next question whether a mutant is on throws; code that asks none is left to itself, and the room is of no use any more.
        Switch.GetField("Stopped")!.SetValue(null, true);
        IsUsable = run.Wait(TimeSpan.FromSeconds(10));
        Switch.GetField("Stopped")!.SetValue(null, !IsUsable);
        return Outcome.Endless;
    }

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        ArgumentNullException.ThrowIfNull(assemblyName);
        return assemblyName.Name == "TinyGptV.Evaluation" ? LoadFromStream(new MemoryStream(image)) : null;
    }

    private Type Switch => _switch ??= LoadFromAssemblyName(new AssemblyName("TinyGptV.Evaluation")).GetType("TinyGptV.Mutations.MutantSwitch")!;

    private bool Passes((string Type, string Method) test)
    {
        try
        {
            Type type = LoadFromAssemblyPath(tests).GetType(test.Type)!;
            MethodInfo method = type.GetMethod(test.Method)!;
            foreach (object?[] row in RowsOf(method))
                Invoke(type, method, row);
            return true;
        }
        // Whatever goes wrong is a test that noticed.
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    private static IEnumerable<object?[]> RowsOf(MethodInfo method)
    {
        IDataAttribute[] sources = [.. method.GetCustomAttributes().OfType<IDataAttribute>()];
        return sources.Length == 0 ? [[]] : sources.SelectMany(source => RowsOf(method, source)).Select(row => method.ResolveMethodArguments(row.GetData()));
    }

    private static IEnumerable<ITheoryDataRow> RowsOf(MethodInfo method, IDataAttribute source)
    {
        if (source is not MemberDataAttributeBase { MemberName: var name })
            return source.GetData(method, new DisposalTracker()).AsTask().GetAwaiter().GetResult();
        Type type = method.DeclaringType!;
        object? rows = type.GetMethod(name)?.Invoke(null, []) ?? type.GetProperty(name)?.GetValue(null) ?? type.GetField(name)?.GetValue(null);
        ITheoryDataRow[] all = [.. ((IEnumerable)rows!).Cast<object>().Select(row => row as ITheoryDataRow ?? new TheoryDataRow((object?[])row))];
        return all.Length > 0 ? all : throw new InvalidOperationException($"{name} of {type} gives no rows.");
    }

    private static void Invoke(Type type, MethodInfo method, object?[] row)
    {
        object instance = Activator.CreateInstance(type)!;
        try
        {
            object? result = method.Invoke(instance, row);
            (result is ValueTask later ? later.AsTask() : result as Task)?.GetAwaiter().GetResult();
        }
        finally
        {
            (instance as IDisposable)?.Dispose();
        }
    }
}
