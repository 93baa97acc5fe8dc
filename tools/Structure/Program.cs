using TinyGptV.Structure;

string root = args.Length > 0 ? args[0] : Directory.GetCurrentDirectory();
SourceGraph graph = SourceGraph.Read(root, "src");
foreach (string line in StructureTable.Describe(graph))
    Console.WriteLine(line);
