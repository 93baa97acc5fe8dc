using TinyGptV.Faults.Tests.Machinery;

namespace TinyGptV.Faults.Tests;

/// <summary>One of the two clusters of the campaign: each costs half a minute of processor time to start, and is struck by many tests.</summary>
[CollectionDefinition(nameof(FirstCluster))]
public sealed class FirstCluster : ICollectionFixture<FaultyCluster>;

/// <inheritdoc cref="FirstCluster" />
[CollectionDefinition(nameof(SecondCluster))]
public sealed class SecondCluster : ICollectionFixture<FaultyCluster>;
