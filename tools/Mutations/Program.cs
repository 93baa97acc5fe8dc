using TinyGptV.Mutations;

// Arguments: folders of TinyGptV.Evaluation; without any, those whose rules the tests have to hold.
string[] folders = args.Length > 0 ? args : ["Sharding", "Scoring", "Statistics", "Runs"];
MutatedAssembly assembly = MutatedAssembly.Compile(Directory.GetCurrentDirectory(), folders);
Console.WriteLine($"{assembly.Mutants.Length} mutants; {assembly.Uncompilable} more do not compile.");
var run = new MutationRun(assembly, Path.Combine(AppContext.BaseDirectory, "TinyGptV.Evaluation.Tests.dll"));
run.Look();
Console.WriteLine($"{run.Tests} test methods; {run.Failing.Count} fail without a mutant and do not count: {string.Join(", ", run.Failing)}");
Console.WriteLine($"Too long for this: {string.Join(", ", run.Long)}.");
int tried = 0;
IReadOnlyList<Verdict> verdicts = run.Try(verdict =>
{
    if (verdict.Killer is null)
        Console.Error.WriteLine($"survived: {verdict.Mutant}");
    if (Interlocked.Increment(ref tried) % 100 == 0)
        Console.Error.WriteLine($"{tried} of {assembly.Mutants.Length}");
});
foreach (string line in ScoreTable.Describe(verdicts))
    Console.WriteLine(line);
foreach (string leftover in run.FindLeftovers())
    Console.WriteLine($"Some mutant left something behind: without a mutant, {leftover} fails now. The result is worth nothing.");
