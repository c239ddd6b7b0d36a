// swift-tools-version: 6.2
import PackageDescription

// Settings shared by every Swift target; see CONTRIBUTING.md for why each is on.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

// Where pixels pass, a debug build takes some ten times as long. The test run asks for optimization
// there; what depends on this package by version must not, as SwiftPM refuses unsafe flags then.
let isOptimizing = Context.environment["SEEDREAM_OPTIMIZE_PIXELS"] != nil
let pixelSettings =
    settings + (isOptimizing ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : [])
let pixelSettingsOfC: [CSetting] =
    isOptimizing ? [.unsafeFlags(["-O2"], .when(configuration: .debug))] : []

// The package in benchmarks/ sees products only, and asks for this one. Packages that depend on
// this one do not see it.
let workloads: [Product] =
    Context.environment["SEEDREAM_BENCHMARKS"] == nil
    ? [] : [.library(name: "Workloads", targets: ["Workloads"])]

// The plugin that renders the documentation comments. `make docs` asks for it; other builds, and
// packages that depend on this one, do not fetch it.
let documentationPlugin: [Package.Dependency] =
    Context.environment["SEEDREAM_DOCS"] == nil
    ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")]

let package = Package(
    name: "SeedreamKit",
    platforms: [.macOS(.v15)],
    products: [
        .library(
            name: "ImagePreparation", targets: ["ImagePreparation", "SeedreamModel", "ImageCodecs", "Pixels"]),
        .library(
            name: "SeedreamKit",
            targets: [
                "SeedreamKit", "SeedreamClient", "ImagePreparation", "SeedreamModel", "ImageCodecs", "Pixels",
            ]),
        .library(name: "SeedreamClient", targets: ["SeedreamClient", "SeedreamModel", "Pixels"]),
        .library(name: "SeedreamEmulator", targets: ["SeedreamEmulator", "SeedreamModel"]),
        .executable(name: "seedream", targets: ["seedream"]),
    ] + workloads,
    traits: [
        .default(enabledTraits: ["Client", "FastPNG", "GIF", "HEIF", "LosslessTurn", "TIFF"]),
        .trait(
            name: "Client",
            description:
                "Sends requests with AsyncHTTPClient and keeps jobs in SQLite (libsqlite3-dev). Without it, prep alone, built in a third of the time."
        ),
        .trait(
            name: "Emulator",
            description:
                "The providers on your own machine, faults included; off by default for its HTTP server."),
        .trait(
            name: "FastPNG",
            description: "Inflates PNGs with ISA-L (libisal-dev) instead of zlib, in 0.4 of the time."),
        .trait(name: "GIF", description: "Reads the first frame of GIFs with giflib (libgif-dev)."),
        .trait(name: "HEIF", description: "Reads HEIC, HEIF and AVIF with libheif (libheif-dev)."),
        .trait(
            name: "LosslessTurn",
            description:
                "Rotates JPEGs losslessly, with TurboJPEG (libturbojpeg0-dev)."),
        .trait(
            name: "Postgres",
            description: "Keeps jobs in PostgreSQL, shared by several machines (libpq-dev)."),
        .trait(name: "TIFF", description: "Reads the first page of TIFFs with libtiff (libtiff-dev)."),
    ],
    dependencies: [
        // The command's options, help and completion scripts. Nothing below the command depends on
        // it.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // The emulator's HTTP server: Hummingbird's core on SwiftNIO, whose channels its faults
        // reach into.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // The emulator's TLS, on a connection that is begun as plain text (CONNECT).
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // The limit on what a compressed reply becomes: AsyncHTTPClient takes it from there.
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        // The client's log, which the application that uses it directs; the emulator keeps its
        // server's silent.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Words for methods, status codes and header fields: what a transport takes and gives.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // The client's HTTP, and the emulator's webhooks.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // The command's settings from the environment and from a file. No traits: the file has our
        // own reader, which accepts only what is known and valid.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
    ] + documentationPlugin,
    targets: [
        .systemLibrary(
            name: "CJPEG", path: "CModules/System/CJPEG", pkgConfig: "libjpeg",
            providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(
            name: "CPNG", path: "CModules/System/CPNG", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CWebP", path: "CModules/System/CWebP", pkgConfig: "libwebpmux",
            providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
        .systemLibrary(
            name: "CZimg", path: "CModules/CZimg", pkgConfig: "zimg",
            providers: [.apt(["libzimg-dev"]), .brew(["zimg"])]),
        .systemLibrary(
            name: "CLittleCMS", path: "CModules/CLittleCMS", pkgConfig: "lcms2",
            providers: [.apt(["liblcms2-dev"]), .brew(["little-cms2"])]),
        .systemLibrary(
            name: "CHEIF", path: "CModules/System/CHEIF", pkgConfig: "libheif",
            providers: [.brew(["libheif"])]),
        .systemLibrary(
            name: "CTurboJPEG", path: "CModules/System/CTurboJPEG", pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
        // Inflates PNGs in 0.4 of zlib's time.
        .systemLibrary(
            name: "CISAL", path: "CModules/System/CISAL", pkgConfig: "libisal",
            providers: [.apt(["libisal-dev"]), .brew(["isa-l"])]),
        // giflib has no pkg-config file on Debian.
        .systemLibrary(
            name: "CGIF", path: "CModules/System/CGIF", providers: [.apt(["libgif-dev"]), .brew(["giflib"])]),
        .systemLibrary(
            name: "CTIFF", path: "CModules/System/CTIFF", pkgConfig: "libtiff-4",
            providers: [.brew(["libtiff"])]),
        .systemLibrary(
            name: "CCrypto", path: "CModules/CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        // The ledger of jobs. Packages that wrap SQLite need all of Foundation, and with it the
        // tables of ICU: 38 MB, and a slower start.
        .systemLibrary(
            name: "CSQLite", path: "CModules/System/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "CPostgreSQL", path: "CModules/System/CPostgreSQL", pkgConfig: "libpq",
            providers: [.brew(["libpq"])]),
        // What Swift cannot call of Linux: no library, only a header.
        .systemLibrary(name: "CProcess", path: "CModules/CProcess"),

        // Loads libheif, libtiff and libpq when they are first needed. On Linux these three are not
        // linked, so CHEIF, CTIFF and CPostgreSQL, whose pkg-config files link them, are for macOS.
        .target(
            name: "LateLibrary", path: "CModules/LateLibrary",
            cSettings: [.define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release))]),
        .target(
            name: "PostgresLibrary",
            dependencies: [
                "LateLibrary",
                .target(name: "CPostgreSQL", condition: .when(platforms: [.macOS], traits: ["Postgres"])),
            ],
            path: "CModules/PostgresLibrary",
            cSettings: [
                .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
                .define("WITH_POSTGRES", .when(traits: ["Postgres"])),
            ],
            linkerSettings: [.linkedLibrary("pq", .when(platforms: [.macOS], traits: ["Postgres"]))]),
        .target(
            name: "CodecBridge",
            dependencies: [
                "CJPEG", "CPNG", "CWebP", "VectorPNG", "LateLibrary",
                .target(name: "CGIF", condition: .when(traits: ["GIF"])),
                .target(name: "CHEIF", condition: .when(platforms: [.macOS], traits: ["HEIF"])),
                .target(name: "CTurboJPEG", condition: .when(traits: ["LosslessTurn"])),
                .target(name: "CTIFF", condition: .when(platforms: [.macOS], traits: ["TIFF"])),
            ],
            path: "CModules/CodecBridge",
            // A trait is a condition for Swift code only; C has to be told.
            cSettings: [
                // Bounds of memcpy and its kin are checked where the compiler knows them.
                .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
                .define("WITH_GIF", .when(traits: ["GIF"])),
                .define("WITH_HEIF", .when(traits: ["HEIF"])),
                .define("WITH_LOSSLESS_TURN", .when(traits: ["LosslessTurn"])),
                .define("WITH_TIFF", .when(traits: ["TIFF"])),
            ] + pixelSettingsOfC,
            // Every library that the bridge links is named here: a module map links only what Swift
            // imports, and pkg-config names only what one distribution thinks of (Debian 13's
            // libwebpmux.pc omits libwebp).
            linkerSettings: [
                .linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("z"),
                .linkedLibrary("webp"), .linkedLibrary("webpdemux"), .linkedLibrary("webpmux"),
                .linkedLibrary("gif", .when(traits: ["GIF"])),
                .linkedLibrary("heif", .when(platforms: [.macOS], traits: ["HEIF"])),
                .linkedLibrary("turbojpeg", .when(traits: ["LosslessTurn"])),
                .linkedLibrary("tiff", .when(platforms: [.macOS], traits: ["TIFF"])),
            ]),

        // Rows of plain PNGs without libpng. Not called FastPNG: that is the trait that brings
        // ISA-L.
        .target(
            name: "VectorPNG",
            dependencies: [.target(name: "CISAL", condition: .when(traits: ["FastPNG"]))],
            path: "CModules/VectorPNG",
            cSettings: [
                .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
                .define("WITH_FAST_PNG", .when(traits: ["FastPNG"])),
            ] + pixelSettingsOfC,
            linkerSettings: [.linkedLibrary("isal", .when(traits: ["FastPNG"]))]),

        .target(name: "VectorBase64", path: "CModules/VectorBase64", cSettings: pixelSettingsOfC),

        .target(name: "Platform", dependencies: ["CProcess"], swiftSettings: settings),
        .target(name: "Pixels", swiftSettings: pixelSettings),
        .target(
            name: "PixelEngine", dependencies: ["Pixels", "Platform", "CZimg", "CLittleCMS"],
            swiftSettings: pixelSettings),
        .target(name: "Cryptography", dependencies: ["CCrypto"], swiftSettings: pixelSettings),
        .target(
            name: "SeedreamModel", dependencies: ["Pixels", "VectorBase64"], swiftSettings: pixelSettings),
        .target(
            name: "ImageCodecs", dependencies: ["Platform", "Pixels", "PixelEngine", "CodecBridge"],
            swiftSettings: pixelSettings),
        .target(
            name: "ImagePreparation",
            dependencies: [
                "ImageCodecs", "PixelEngine", "Pixels", "SeedreamModel", "Cryptography", "Platform",
            ],
            swiftSettings: pixelSettings),
        .target(
            name: "SeedreamClient",
            dependencies: [
                "SeedreamModel", "Pixels", "Cryptography", "Platform",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client",
                    condition: .when(traits: ["Client"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Client"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Client"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Client"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Client"])),
                .product(
                    name: "NIOHTTPCompression", package: "swift-nio-extras",
                    condition: .when(traits: ["Client"])),
                .target(name: "CSQLite", condition: .when(traits: ["Client"])),
                .target(name: "PostgresLibrary", condition: .when(traits: ["Postgres"])),
            ],
            swiftSettings: settings),
        .target(
            name: "SeedreamKit",
            dependencies: [
                "SeedreamClient", "ImagePreparation", "ImageCodecs", "SeedreamModel", "Pixels",
                "PixelEngine", "Cryptography", "Platform",
            ],
            swiftSettings: settings),
        .target(
            name: "SeedreamEmulator",
            dependencies: [
                "ImageCodecs", "PixelEngine", "Pixels", "SeedreamModel", "Cryptography", "CCrypto",
                .product(
                    name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Emulator"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Emulator"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Emulator"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Emulator"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Emulator"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client",
                    condition: .when(traits: ["Emulator"])),
            ],
            swiftSettings: pixelSettings),
        // The command, apart from its `main`, so that tests can import it.
        .target(
            name: "SeedreamCommand",
            dependencies: [
                "SeedreamKit", "SeedreamClient", "ImagePreparation", "ImageCodecs", "Pixels", "SeedreamModel",
                "Platform",
                .product(name: "Logging", package: "swift-log"),
                .target(name: "SeedreamEmulator", condition: .when(traits: ["Emulator"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(
                    name: "Configuration", package: "swift-configuration",
                    condition: .when(traits: ["Client"])),
            ],
            swiftSettings: settings),
        .executableTarget(name: "seedream", dependencies: ["SeedreamCommand"], swiftSettings: settings),

        // What is measured. Its inputs come from fixtures/photos.
        .target(
            name: "Workloads",
            dependencies: ["ImagePreparation", "ImageCodecs", "PixelEngine", "Pixels", "SeedreamModel"],
            path: "benchmarks/Workloads", swiftSettings: settings),

        // What libpng itself makes of a file, to hold our own judgement of chunks against.
        .target(
            name: "LibpngReport", dependencies: ["CPNG"], path: "Tests/LibpngReport",
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("z")]),
        // Fixtures, the corpus, and independent references that several suites measure against.
        .target(
            name: "TestSupport",
            dependencies: [
                "Pixels", "PixelEngine", "ImageCodecs", "ImagePreparation", "SeedreamModel", "Cryptography",
            ],
            path: "Tests/TestSupport",
            swiftSettings: pixelSettings),
        .testTarget(
            name: "PixelEngineTests", dependencies: ["PixelEngine", "Pixels", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "SeedreamModelTests", dependencies: ["SeedreamModel", "Pixels", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ImageCodecsTests",
            dependencies: [
                "ImageCodecs", "CodecBridge", "LateLibrary", "Platform", "PixelEngine", "Pixels",
                "SeedreamModel", "TestSupport", "LibpngReport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ImagePreparationTests",
            dependencies: [
                "ImagePreparation", "ImageCodecs", "Platform", "PixelEngine", "Pixels", "SeedreamModel",
                "TestSupport",
                "LibpngReport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CorpusTests",
            dependencies: [
                "ImagePreparation", "ImageCodecs", "PixelEngine", "Pixels", "SeedreamModel", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "seedream", "SeedreamCommand", "ImagePreparation", "ImageCodecs", "Pixels", "SeedreamModel",
                "TestSupport",
            ],
            exclude: ["Expected"], swiftSettings: settings),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Cryptography", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "PlatformTests", dependencies: ["Platform", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "SeedreamClientTests",
            dependencies: [
                "seedream", "SeedreamCommand", "SeedreamKit", "SeedreamClient", "ImagePreparation",
                "ImageCodecs",
                "SeedreamModel",
                "PixelEngine", "Pixels", "Cryptography", "Platform", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .target(name: "SeedreamEmulator", condition: .when(traits: ["Emulator"])),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EmulatorTests",
            dependencies: [
                "SeedreamEmulator", "ImageCodecs", "PixelEngine", "Pixels", "SeedreamModel", "Cryptography",
                "TestSupport",
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client",
                    condition: .when(traits: ["Emulator"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Emulator"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Emulator"])),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "SeedreamCommand", "SeedreamKit", "SeedreamClient", "ImageCodecs", "ImagePreparation",
                "SeedreamModel", "Pixels", "TestSupport",
                .target(name: "SeedreamEmulator", condition: .when(traits: ["Emulator"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
    ]
)
