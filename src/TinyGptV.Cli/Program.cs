using TorchSharp;
using static TorchSharp.torch;
set_num_threads(int.Parse(args[0]));
using var _ = inference_mode();
foreach (var (k, n) in new[] { (40, 120), (40, 480), (24, 4096), (4096, 40), (160, 40), (2560, 2560), (1408, 6144), (768, 768) })
{
    var w = randn(n, k); var b = randn(n);
    var x = randn(300, k);
    var full = nn.functional.linear(x, w, b);
    var bad = new List<string>();
    foreach (int m in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 64, 65, 96, 100, 128, 200, 256, 257 })
        foreach (int off in new[] { 0, 1, 3, 7 })
        {
            if (off + m > 300) continue;
            var part = nn.functional.linear(x.slice(0, off, off + m, 1).contiguous(), w, b);
            if (!part.bytes.SequenceEqual(full.slice(0, off, off + m, 1).contiguous().bytes)) bad.Add($"{m}@{off}");
        }
    Console.WriteLine($"{k}x{n}: differing {string.Join(" ", bad)}");
}
