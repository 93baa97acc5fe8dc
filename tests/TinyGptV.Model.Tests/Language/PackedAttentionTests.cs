using CsCheck;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Language;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Tests.Language;

public sealed class PackedAttentionTests
{
    private static readonly Gen<(int Seed, int Heads, int HeadSize, int[] Lengths)> Steps = Gen.Select(
        Gen.Int[1, 10_000], Gen.Int[1, 4], Gen.Int[0, 5].Select(i => new[] { 5, 10, 12, 16, 32, 80 }[i]), Gen.Int[1, 40].Array[1, 5]);

    [Theory]
    [InlineData(ScalarType.Float32, 2e-6)]
    [InlineData(ScalarType.BFloat16, 1e-2)]
    public void Attend_SeveralSequences_GivesWhatTheDefinitionSays(ScalarType dtype, double tolerance) => Steps.Sample(step =>
    {
        using var scope = NewDisposeScope();
        using Layer layer = new(step.Seed, step.Heads, step.HeadSize, dtype);
        Tensor[] inputs = [.. step.Lengths.Select(layer.NewRows)];
        KvCache[] caches = [.. step.Lengths.Select(layer.NewCache)];
        Tensor output = layer.Attend(cat(inputs), caches.Zip(step.Lengths));
        for (int i = 0, row = 0; i < inputs.Length; row += step.Lengths[i++])
            Golden.AssertClose(layer.ByDefinition(inputs[i]), output.narrow(0, row, step.Lengths[i]), tolerance, $"sequence {i}");
        foreach (KvCache cache in caches)
            cache.Dispose();
    }, iter: 40, threads: 1);

    [Theory]
    [InlineData(ScalarType.Float32, 1)]
    [InlineData(ScalarType.Float32, 2)]
    [InlineData(ScalarType.BFloat16, 2)]
    public void Attend_SequenceInPiecesAndForks_GivesTheSameBitsAsAtOnce(ScalarType dtype, int threads) =>
        Gen.Select(Steps, Gen.Int[0, 1000]).Sample((step, choice) =>
        {
            using var scope = NewDisposeScope();
            using Layer layer = new(step.Seed, step.Heads, step.HeadSize, dtype);
            set_num_threads(threads);
            var random = new Random(choice);
            foreach (int length in step.Lengths)
            {
                Tensor rows = layer.NewRows(length);
                using KvCache whole = layer.NewCache(length);
                Tensor expected = layer.Attend(rows, [(whole, length)]);
                Assert.Equal(Bits(expected), Bits(cat(InPieces(layer, rows, random))));
            }
        }, iter: 40, threads: 1);

    [Fact]
    public void Attend_ForkOfACacheThatIsFilledInTheSameStep_GivesTheSameBits() =>
        Gen.Select(Steps, Gen.Int[1, 40]).Sample((step, shared) =>
        {
            using var scope = NewDisposeScope();
            using Layer layer = new(step.Seed, step.Heads, step.HeadSize, float32);
            Tensor start = layer.NewRows(shared), rest = layer.NewRows(step.Lengths[0]), other = layer.NewRows(3);
            int length = step.Lengths[0];
            using KvCache alone = layer.NewCache(shared + length);
            Tensor expected = layer.Attend(cat([start, rest]), [(alone, shared + length)]).narrow(0, shared, length);

            KvCache first = layer.NewCache(shared + 3);
            using KvCache fork = first.ForkAt(shared, length);
            Tensor both = layer.Attend(cat([start, other, rest]), [(first, shared + 3), (fork, length)]);
            first.Dispose(); // the fork still sees its beginning
            Assert.Equal(Bits(expected), Bits(both.narrow(0, shared + 3, length)));
            (Tensor k, Tensor v) = fork.Filled(0);
            (Tensor wantedK, Tensor wantedV) = alone.Filled(0);
            Assert.Equal(Bits(wantedK), Bits(k));
            Assert.Equal(Bits(wantedV), Bits(v));
        }, iter: 40, threads: 1);

    [Fact]
    public void Attend_MoreRowsThanTheCacheHasRoomFor_Throws()
    {
        using var scope = NewDisposeScope();
        using Layer layer = new(1, 2, 16, float32);
        using KvCache cache = layer.NewCache(3);
        Assert.Contains("room for 3 positions",
            Assert.Throws<InvalidOperationException>(() => layer.Attend(layer.NewRows(4), [(cache, 4)])).Message, StringComparison.Ordinal);
    }

    private static List<Tensor> InPieces(Layer layer, Tensor rows, Random random)
    {
        int length = (int)rows.shape[0];
        var outputs = new List<Tensor>();
        KvCache cache = layer.NewCache(random.Next(1, length + 1));
        for (int done = 0; done < length;)
        {
            if (cache.Length == cache.Capacity)
            {
                KvCache next = cache.Fork(random.Next(1, length - done + 1));
                cache.Dispose();
                cache = next;
            }

            int count = random.Next(1, cache.Capacity - cache.Length + 1);
            outputs.Add(layer.Attend(rows.narrow(0, done, count), [(cache, count)]));
            done += count;
        }

        cache.Dispose();
        return outputs;
    }

    private static byte[] Bits(Tensor x) => x.contiguous().bytes.ToArray();

    private sealed class Layer : IDisposable
    {
        private readonly PhiConfig _config;
        private readonly ScalarType _dtype;
        private readonly LayerNorm _queryNorm;
        private readonly LayerNorm _keyNorm;
        private readonly RotaryEmbedding _rotary;
        private readonly PackedAttention _attention;
        private readonly Generator _random;

        public Layer(int seed, int heads, int headSize, ScalarType dtype)
        {
            _config = new PhiConfig { HiddenSize = heads * headSize, NumAttentionHeads = heads, NumHiddenLayers = 1, MaxPositionEmbeddings = 128 };
            (_dtype, _random) = (dtype, new Generator((ulong)seed));
            (_queryNorm, _keyNorm) = (NewNorm(headSize), NewNorm(headSize));
            _rotary = new RotaryEmbedding(_config, dtype, CPU);
            _attention = new PackedAttention(_config, 0, _queryNorm, _keyNorm);
        }

        public KvCache NewCache(int capacity) => new(_config, capacity, _dtype, CPU);

        public Tensor NewRows(int count) => randn([count, 3 * _config.HiddenSize], generator: _random).to(_dtype);

        public Tensor Attend(Tensor rows, IEnumerable<(KvCache Cache, int Count)> sequences)
        {
            var spans = new List<RowSpan>();
            var positions = new List<long>();
            foreach ((KvCache cache, int count) in sequences)
            {
                spans.Add(new RowSpan(cache, positions.Count, count));
                positions.AddRange(Enumerable.Range(cache.Length, count).Select(p => (long)p));
            }

            (Tensor cos, Tensor sin) = _rotary.Rows(tensor(positions), _config.MaxPositionEmbeddings);
            using var mode = no_grad();
            Tensor output = _attention.Attend(rows, spans, cos, sin);
            foreach (RowSpan span in spans)
                span.Cache!.Advance(span.Count);
            return output;
        }

        public Tensor ByDefinition(Tensor rows)
        {
            int count = (int)rows.shape[0], heads = _config.NumAttentionHeads;
            Tensor[] qkv = rows.to(float32).view(count, heads, 3, _config.HeadSize).unbind(2);
            (Tensor cos, Tensor sin) = _rotary.Rows(arange(count, dtype: int64), _config.MaxPositionEmbeddings);
            Tensor q = Rotate(_queryNorm.forward(qkv[0]), cos, sin), k = Rotate(_keyNorm.forward(qkv[1]), cos, sin);
            Tensor scores = q.transpose(0, 1).to(float64).matmul(k.permute(1, 2, 0).to(float64)) / Math.Sqrt(_config.HeadSize);
            Tensor hidden = ones(count, count, dtype: ScalarType.Bool).triu(1);
            Tensor weights = F.softmax(scores.masked_fill(hidden, double.NegativeInfinity), dim: -1);
            return weights.matmul(qkv[2].transpose(0, 1).to(float64)).transpose(0, 1).reshape(count, -1);
        }

        public void Dispose()
        {
            _rotary.Dispose();
            _queryNorm.Dispose();
            _keyNorm.Dispose();
            _random.Dispose();
        }

        private LayerNorm NewNorm(int size)
        {
            LayerNorm norm = nn.LayerNorm(size, _config.LayerNormEps);
            using var mode = no_grad();
            norm.weight!.copy_(1 + 0.3 * randn([size], generator: _random));
            norm.bias!.copy_(0.3 * randn([size], generator: _random));
            foreach (Parameter parameter in norm.parameters())
                parameter.requires_grad = false;
            return norm;
        }

        private Tensor Rotate(Tensor x, Tensor cos, Tensor sin) => cat(
            [RotaryEmbedding.Rotate(x.narrow(-1, 0, _config.RotarySize), cos, sin), x.narrow(-1, _config.RotarySize, _config.HeadSize - _config.RotarySize)],
            dim: -1);
    }
}
