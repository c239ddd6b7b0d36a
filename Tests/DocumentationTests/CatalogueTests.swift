import Foundation
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

#if Client && Emulator
import SeedreamEmulator
#endif

/// The DocC catalogues agree with the sources, and their examples run. `make docs` checks the
/// links.
@Suite("catalogues against the sources")
struct CatalogueTests {
    /// The modules of the library products, which have a catalogue each.
    static let modules = [
        "ImageCodecs", "ImagePreparation", "Pixels", "SeedreamClient", "SeedreamEmulator", "SeedreamKit",
        "SeedreamModel",
    ]

    private static func swiftBlocks(_ module: String, _ page: String) throws -> [String] {
        try Document("Sources/\(module)/Documentation.docc/\(page).md").blocks
            .filter { $0.language == "swift" }.map(\.text)
    }

    @Test("the modules of the library products in Package.swift are the ones with a catalogue")
    func products() throws {
        let manifest = try String(
            contentsOf: Fixtures.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let products = try #require(Document.section(of: manifest, from: "products: [", to: ".executable("))
        let targets = products.matches(of: /targets: \[([^\]]*)\]/).flatMap { match in
            match.1.matches(of: /"(\w+)"/).map { String($0.1) }
        }
        #expect(Set(targets) == Set(Self.modules))
    }

    @Test("the Swift blocks of an article are one file, compiled among the tests", arguments: modules)
    func articles(_ module: String) throws {
        let blocks = try Self.swiftBlocks(module, "GettingStarted")
        let path = "Tests/DocumentationTests/Articles/\(module)Article.swift"
        let source = try String(contentsOf: Fixtures.root.appendingPathComponent(path), encoding: .utf8)
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let code = lines.drop { !$0.hasPrefix("import ") }.filter { !$0.hasPrefix("#") }
        #expect(!blocks.isEmpty)
        #expect(
            code.joined(separator: "\n") == blocks.joined(separator: "\n"), "\(path) differs from the article"
        )
    }

    @Test("a landing page has no Swift block but one of the README", arguments: modules)
    func landingPages(_ module: String) throws {
        let known = [try Document("README.md").block("swift", in: "swift-session")]
        #expect(try Self.swiftBlocks(module, module).allSatisfy { known.contains($0) })
    }

    @Test("a page names only documents that exist", arguments: modules)
    func documents(_ module: String) throws {
        for page in [module, "GettingStarted"] {
            let document = try Document("Sources/\(module)/Documentation.docc/\(page).md")
            for span in document.codeSpans where span.hasSuffix(".md") {
                #expect(Document.paths.contains(span), "\(document) names \(span)")
            }
        }
    }

    // MARK: The examples run

    @Test("Pixels: the preview of a portrait photograph is upright, and a colour is read")
    func pixels() {
        let stored = PixelSize(width: 4032, height: 3024)
        #expect(previewSize(of: stored, .rightTop, side: 1000) == PixelSize(width: 750, height: 1000))
        #expect(previewSize(of: stored, .topLeft, side: 5000) == stored)
        #expect(background(from: "#f80") == RGBColor(red: 255, green: 136, blue: 0))
        #expect(background(from: "orange") == .white)
    }

    @Test("SeedreamModel: a size is parsed, an area is checked, and an error names the program's menu")
    func model() throws {
        #expect(request(for: "a hat", size: "16:9@4K")?.size.description == "16:9@4K")
        #expect(request(for: "a hat", size: "large") == nil)
        #expect(try isAccepted(PixelSize(width: 1000, height: 1000), by: .fal))
        #expect(try !isAccepted(PixelSize(width: 640, height: 427), by: .fal))
        #expect(throws: ConstraintError.self) {
            try isAccepted(PixelSize(width: 100, height: 400), by: .fal)
        }
        let size = PixelSize(width: 100, height: 400)
        let lines = message(
            about: PreparationError.constraint(.aspectRatioOutOfRange(size, maximum: 3)))
        #expect(lines.count == 2)
        #expect(
            lines.last?.hasPrefix("crop the image, choose Shape > Add bands or Shape > Crop, or ") == true)
    }

    @Test("ImageCodecs: a photograph is within the limits, and JPEG is read")
    func codecs() async throws {
        let photo = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("photos/rocket.jpg")))
        #expect(try await preparedUpload(Array(photo)).images.count == 1)
        let failure = await #expect(throws: PreparationFailure.self) {
            try await preparedUpload(Array(repeating: 0, count: 20_000_001))
        }
        #expect(failure?.inputs.map(\.code) == [.limitExceeded])
        #expect(readableFormats().prefix(3) == ["JPEG", "PNG", "WebP"])
    }

    @Test("ImagePreparation: planned, prepared and prepared one by one")
    func preparation() async throws {
        let photos = ["photos/rocket.jpg", "photos/dandelion.jpg", "corrupt/empty.jpg"].map(Fixtures.path)
        let lines = try planned(photos)
        #expect(lines.count == 3)
        #expect(lines.first?.contains("1177x785") == true)
        #expect(lines.last?.contains("file is empty; ") == true)
        #expect(try await prepared(Array(photos.prefix(2)), for: .fal).map(\.position) == [1, 2])
        let failure = await #expect(throws: PreparationFailure.self) { try await prepared(photos, for: .ark) }
        #expect(failure?.inputs.map(\.index) == [2])
        #expect(try await preparedLength(of: photos) > 400_000)
    }

    @Test("SeedreamClient: a plan shows the cost of the worst case, and the budget holds")
    func client() throws {
        let plan = try plannedRequest("a hat", count: 3, from: .fal)
        #expect(plan.maximumOutputs == 3)
        #expect(plan.worstCost.map { ($0 * 100).rounded() } == 9)
        #expect(throws: BudgetError.self) { try plannedRequest("a hat", count: 4, from: .fal) }
    }

    #if Client && Emulator
    /// Runs `body` with a session whose provider is an emulator, and a folder.
    private func withSession(_ body: (SeedreamSession, Emulator, TemporaryFolder) async throws -> Void)
        async throws
    {
        var settings = EmulatorConfiguration()
        (settings.queueTime, settings.generationTime) = (0.02, 0.02)
        let emulator = try await Emulator.start(settings)
        let folder = try TemporaryFolder()
        do {
            var configuration = ClientConfiguration()
            configuration.baseURL = emulator.url(.fal)
            configuration.spoolFolder = folder.file("spool")
            configuration.pollInterval = 0.02...0.1
            let client = SeedreamClient(
                .fal, keys: .value(try #require(APIKey("any"))), configuration: configuration,
                ledger: MemoryLedger(), transport: try AsyncHTTPTransport(), verifier: .decoding())
            try await body(SeedreamSession(client: client), emulator, folder)
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    @Test("SeedreamKit: planned, edited, and sent as a run that buys nothing when it is repeated")
    func kit() async throws {
        let photos = ["photos/rocket.jpg", "photos/dandelion.jpg"].map(Fixtures.path)
        try await withSession { session, emulator, folder in
            #expect(try await worstCost(of: "a hat", photos, with: session) == 0.03)
            #expect(await emulator.ledger.isEmpty)
            let files = try await savedEdit("a hat", photos, with: session, into: folder.file("out"))
            #expect(files.count == 1)
            for _ in 1...2 {
                let saved = try await editedEach(
                    "a hat", [photos[0]], with: session, into: folder.file("each"), name: "hats")
                #expect(saved == 1)
                #expect(await emulator.ledger.count == 2)
            }
        }
    }

    @Test("SeedreamClient: sent, and resumed without buying")
    func clientRuns() async throws {
        try await withSession { session, emulator, folder in
            let images = try await prepared([Fixtures.path("photos/rocket.jpg")], for: .fal)
            let files = try await editedFiles("a hat", images, with: session.client, into: folder.file("out"))
            #expect(files.count == 1)
            let request = GenerationRequest(prompt: "a lighthouse")
            let job = try await session.client.submit(request, to: Destination(folder: folder.file("out")))
            #expect(job.state == .accepted)
            #expect(try await resumedFiles(with: session.client).count == 1)
            #expect(try await resumedFiles(with: session.client).isEmpty)
            #expect(await emulator.ledger.count == 2)
        }
    }

    @Test("SeedreamEmulator: a request whose reply is lost is bought once, and known to be uncertain")
    func emulator() async throws {
        let folder = try TemporaryFolder()
        #expect(try await survivesLostReply(Fixtures.path("photos/rocket.jpg"), into: folder.path))
    }
    #endif
}
