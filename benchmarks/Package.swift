// swift-tools-version: 6.2
import PackageDescription

// The settings of the package above.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// Returns a benchmark target. The plugin finds executables in folders of `Benchmarks/`.
func benchmarks(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            "Registration",
            .product(name: "Benchmark", package: "benchmark"),
            .product(name: "Workloads", package: "SeedreamKit"),
        ],
        path: "Benchmarks/\(name)", swiftSettings: settings,
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
    name: "SeedreamKitBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        // A separate package, so that packages that depend on the one above do not fetch this. No
        // traits: the allocator and the runtime are those of the command, and jemalloc is not
        // needed.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
        // The product Workloads exists only if the environment has SEEDREAM_BENCHMARKS=1.
        // All traits but those of the client and the emulator, whose packages would be fetched and
        // not used.
        .package(
            name: "SeedreamKit", path: "..",
            traits: ["FastPNG", "GIF", "HEIF", "LosslessTurn", "TIFF"]),
    ],
    targets: [
        .target(
            name: "Registration",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Workloads", package: "SeedreamKit"),
            ],
            path: "Registration", swiftSettings: settings),
        // Loop and Floor are used by benchmarks/compare.
        .executableTarget(
            name: "Loop", dependencies: [.product(name: "ImagePreparation", package: "SeedreamKit")],
            path: "Loop", swiftSettings: settings),
        .executableTarget(
            name: "Floor", path: "Floor",
            linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp")]),
        benchmarks("Stages"),
        benchmarks("Prepare"),
    ]
)
