namespace TinyGptV.Cli;

internal static class TinyGptVProgram
{
    public static Task<int> RunAsync(string[] args) => Task.FromResult(args.Length);
}
