#if Client && Emulator
import Foundation
import ImagePreparation
import SeedreamClient
import SeedreamEmulator
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

/// An emulator, clients that talk to it over a real socket, and a folder for their results.
struct Rig {
    let emulator: Emulator
    let folder: TemporaryFolder

    /// Runs `body` with an emulator and a folder.
    static func with<Result>(
        _ change: (inout EmulatorConfiguration) -> Void = { _ in }, _ body: (Rig) async throws -> Result
    ) async throws -> Result {
        try await Emulator.with(change) {
            try await body(Rig(emulator: $0, folder: try TemporaryFolder()))
        }
    }

    /// Returns the base URL of a provider.
    func url(_ provider: ProviderID) -> String { "http://127.0.0.1:\(emulator.port)/\(provider.rawValue)" }

    /// Returns a configuration with short retries and timeouts.
    func configuration(_ provider: ProviderID) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.baseURL = url(provider)
        configuration.pollInterval = 0.02...0.1
        configuration.retry.base = 0.01
        configuration.retry.throttledBase = 0.01
        configuration.jobTimeout = 20
        configuration.readTimeout = 2
        configuration.paidReadTimeout = 3
        configuration.newJobPatience = 0.5
        configuration.spoolFolder = folder.path
        return configuration
    }

    /// Returns a client that decodes its results to the last pixel.
    func client(
        _ provider: ProviderID, ledger: (any JobLedger)? = nil, key: String = "test-id:test-secret",
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> SeedreamClient {
        var configuration = configuration(provider)
        change(&configuration)
        let key = try #require(APIKey(key))
        return SeedreamClient(
            provider, keys: .value(key), configuration: configuration, ledger: ledger ?? MemoryLedger(),
            transport: try AsyncHTTPTransport(), verifier: .decoding())
    }

    /// Returns a client that waits for a slow machine: for tests in which every reply comes.
    func patientClient(_ provider: ProviderID) throws -> SeedreamClient {
        try client(provider) {
            $0.jobTimeout = 300
            $0.readTimeout = 120
            $0.paidReadTimeout = 120
        }
    }

    /// The destination of results in these tests.
    var destination: Destination { Destination(folder: folder.file("out")) }
}
#endif
