using TinyGptV.Cli;

return await TinyGptVProgram.RunAsync(args);
