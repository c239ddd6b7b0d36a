#if Client && Emulator
// The Swift blocks of the article in Sources/SeedreamEmulator/Documentation.docc.
// `CatalogueTests` compares them.
import SeedreamEmulator
import SeedreamKit

/// Edits a photograph against the emulator, which accepts the request and then cuts the connection.
///
/// - Returns: Whether the client bought the request once, and knows that it may have been bought.
func survivesLostReply(_ photo: String, into folder: String) async throws -> Bool {
    var settings = EmulatorConfiguration()
    settings.generationTime = 0.05  // seconds
    settings.faults = FaultFile(rules: [FaultRule("fal.submit", .reset(.afterAccept), count: 1)])
    let emulator = try await Emulator.start(settings)

    var configuration = ClientConfiguration()
    configuration.baseURL = emulator.url(.fal)
    configuration.spoolFolder = folder
    guard let key = APIKey("any") else { return false }
    let client = SeedreamClient(
        .fal, keys: .value(key), configuration: configuration, ledger: MemoryLedger(),
        transport: try AsyncHTTPTransport(), verifier: .decoding())
    let session = SeedreamSession(client: client)

    var purchase: ClientError.Purchase?
    do {
        _ = try await session.edit("a hat", [.file(photo)], to: Destination(folder: folder))
    } catch let error as ClientError {
        purchase = error.purchase
    }
    let bought = await emulator.ledger.count
    await emulator.stop()
    return purchase == .unknown && bought == 1
}
#endif
