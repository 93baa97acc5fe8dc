using TinyGptV.Structure;

// Without arguments: the table. With two folders, for example TinyGptV.Model/Engine TinyGptV.Model/Language: what the first uses from the second.
SourceGraph graph = SourceGraph.Read(Directory.GetCurrentDirectory(), "src");
IEnumerable<string> lines = args is [var from, var to] ? StructureTable.DescribeArrows(graph, from, to) : StructureTable.Describe(graph);
foreach (string line in lines)
    Console.WriteLine(line);
