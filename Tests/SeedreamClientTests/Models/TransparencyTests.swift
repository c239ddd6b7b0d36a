#if Client && Emulator
import Foundation
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamEmulator
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

/// A cut-out on its way through preparation, request and result.
@Suite("transparent backgrounds, layers and retired models")
struct TransparencyTests {
    private static let cutout = RowRequest.Input.file(Fixtures.path("photos/coffee-cutout.png"))
    private static let opaque = RowRequest.Input.file(Fixtures.path("photos/rocket.jpg"))

    /// Returns a row that asks for a transparent background.
    private func row(_ model: String, _ input: RowRequest.Input?) -> RowRequest {
        var request = GenerationRequest(prompt: "the same, without shadow")
        (request.model, request.resultBackground) = (model, .transparent)
        request.size = .matchFirstImage(.k1)
        return RowRequest(label: "cut-out", inputs: [input].compactMap(\.self), request: request)
    }

    private func isTransparent(_ path: String) async throws -> Bool? {
        try await ImageVerifier.decoding().verify(path).isTransparent
    }

    @Test(
        "alpha at every step, at a model that needs a cut-out and at one that does not",
        arguments: ["5.0-pro", "5.5"])
    func alpha(_ model: String) async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.ark))
            let plan = try await session.plan(row(model, Self.cutout))
            let prepared = try #require(plan.images.first)
            #expect(prepared.mediaType == .png && !prepared.reasons.contains(.flattened))
            let sent = rig.folder.file("sent.png")
            try prepared.bytes.withBytes { try Data($0).write(to: URL(fileURLWithPath: sent)) }
            #expect(try await isTransparent(sent) == true)
            #expect(plan.submission?.body["background"] == "transparent")
            #expect(plan.submission?.body["output_format"] == "png")
            let job = try #require(
                try await session.single(row(model, Self.cutout), as: nil, to: rig.destination).job)
            let file = try #require(job.files.first)
            #expect(job.state == .saved && file.mediaType == "image/png" && file.notice == nil)
            #expect(try await isTransparent(file.path) == true)
        }
    }

    @Test("a host that returns an opaque JPEG: the image is kept, with a notice")
    func ignored() async throws {
        try await Rig.with({ $0.ambiguities.transparencyIgnored = true }) { rig in
            let session = SeedreamSession(client: try rig.client(.ark))
            let job = try #require(
                try await session.single(row("5.5", Self.cutout), as: nil, to: rig.destination).job)
            let file = try #require(job.files.first)
            #expect(job.state == .saved && file.mediaType == "image/jpeg")
            #expect(file.notice?.contains("is opaque; saved as received") == true)
        }
    }

    @Test("an opaque input, two inputs or none where one with alpha is needed: refused before sending")
    func refused() async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.ark))
            var two = row("5.0-pro", Self.cutout)
            two.inputs.append(Self.cutout)
            for row in [row("5.0-pro", Self.opaque), row("5.0-pro", nil), two, row("4.5", Self.cutout)] {
                await #expect(throws: RequestError.self) { try await session.plan(row) }
            }
            // Without a cut-out, 5.5 makes one.
            #expect(try await session.plan(row("5.5", nil)).submission != nil)
            #expect(await rig.emulator.requests.isEmpty)
        }
    }

    @Test("layers are saved in order, each with its place in its sidecar")
    func layers() async throws {
        try await Rig.with { rig in
            let session = SeedreamSession(client: try rig.client(.ark))
            var request = GenerationRequest(prompt: "")
            (request.model, request.splitsLayers) = ("5.5", true)
            let row = RowRequest(label: "poster", inputs: [Self.opaque], request: request)
            let job = try #require(try await session.single(row, as: nil, to: rig.destination).job)
            #expect(job.state == .saved && job.files.count > 1)
            #expect(job.files.allSatisfy { $0.notice == nil })
            for file in job.files {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(file.path).json"))
                let layer = try JSONValue(parsing: bytes)["layer"]
                #expect(layer?["order"]?.integer == file.index)
                #expect(layer?["box"]?.array?.count == 4 && layer?["boxPermille"]?.array?.count == 4)
                if file.index > 0 { #expect(layer?["name"]?.string?.isEmpty == false) }
                #expect(try await isTransparent(file.path) == (file.index > 0))
            }
        }
    }

    @Test("a retired model: the error names what else is sold, and a run stops")
    func retired() async throws {
        try await Rig.with({ $0.ambiguities.retiredModels = ["seedream-4-0-250828"] }) { rig in
            let session = SeedreamSession(client: try rig.client(.ark))
            let rows = (1...4).map { number in
                RowRequest(
                    label: "\(number)", inputs: [Self.opaque],
                    request: GenerationRequest(prompt: "hat \(number)"))
            }
            var run = RunOptions()
            run.parallel = 1
            var waiting = 0
            let stop = try await session.run(
                rows,
                as: RunRecord(.init(command: "edit", sources: [], destination: "out", origin: "here")),
                to: rig.destination, options: run
            ) { outcome in if outcome.action == .waiting { waiting += 1 } }
            guard case .refused(let error as ClientError)? = stop else {
                Issue.record("expected the run to stop, found \(String(describing: stop))")
                return
            }
            #expect(error.category == .notFound && error.purchase == .notTaken)
            #expect(error.hint.contains("4.5, 5.0-lite, 5.0-pro, 5.0-flash, 5.5"))
            #expect(waiting == 4)
            #expect(await rig.emulator.requests.count == 1)
        }
    }
}
#endif
