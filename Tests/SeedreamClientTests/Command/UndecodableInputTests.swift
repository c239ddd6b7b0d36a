#if Client && Emulator
import Foundation
import ImagePreparation
import SeedreamClient
import SeedreamEmulator
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

/// A file may be complete to its last chunk and still not decode. Such a request is never sent.
@Suite("images that do not decode")
struct UndecodableInputTests {
    enum Kind: String, CaseIterable, Sendable {
        /// A filter type that does not exist, in a stream with the right checksum.
        case filter
        /// Half of the scan, and an end marker.
        case scan
        /// Half of the compressed data, with lengths that agree with it.
        case webp

        var code: ErrorCode { self == .filter ? .corruptImage : .truncatedImage }

        /// Returns a file of a size that every provider accepts, so that it would pass through.
        func bytes() async throws -> [UInt8] {
            switch self {
            case .filter:
                var file = PNGFile(
                    width: 1280, height: 720, channels: 1,
                    samples: [UInt8](repeating: 90, count: 1280 * 720))
                file.filters = [0, 0, 0, 0, 0, 0, 0, 9]
                file.blocks = .stored
                file.chunkLengths = [1 << 20]
                return file.bytes()
            case .scan:
                let whole = try await Self.photo(.jpeg)
                return Array(whole.prefix(whole.count / 2)) + [0xFF, 0xD9]
            case .webp:
                let whole = try await Self.photo(.webp)
                let half = (whole.count / 2) & ~1
                func littleEndian(_ value: Int) -> [UInt8] {
                    [0, 8, 16, 24].map { UInt8(value >> $0 & 255) }
                }
                return Array("RIFF".utf8) + littleEndian(half - 8) + whole[8..<16] + littleEndian(half - 20)
                    + whole[20..<half]
            }
        }

        private static func photo(_ format: PreparationOptions.OutputFormat) async throws -> [UInt8] {
            var options = PreparationOptions()
            options.format = format
            let inputs = [ImageInput.file(Fixtures.path("photos/rocket.jpg"))]
            return try await ImagePreparer(options: options).prepare(inputs).images[0].bytes.array
        }
    }

    @Test("passes the structural check only if that cannot show the damage", arguments: Kind.allCases)
    func structure(_ kind: Kind) async throws {
        let bytes = try await kind.bytes()
        guard kind == .filter else {
            let failure = await #expect(throws: PreparationFailure.self) {
                try await ImagePreparer().prepare([.bytes(bytes, name: "a")])
            }
            #expect(failure?.inputs.map(\.code) == [kind.code])
            return
        }
        let image = try await ImagePreparer().prepare([.bytes(bytes, name: "a")]).images[0]
        #expect(image.action == .passThrough && image.checked == .structure)
    }

    @Test("stops edit before anything is sent, in one request and with --each", arguments: Kind.allCases)
    func command(_ kind: Kind) async throws {
        let bytes = try await kind.bytes()
        try await CommandRig.with { rig in
            let file = try rig.folder.write(bytes, as: "undecodable")
            for arguments in [[file], [EditCommandTests.photo, file], [file, "--each"]] {
                let result = try await rig.run(["edit", "x"] + arguments + rig.sending(to: "fal"))
                #expect(result.status == 65, "\(arguments): \(result.status) \(result.errors)")
                #expect(result.errors.contains("undecodable"), "\(result.errors)")
            }
            #expect(await rig.emulator.requests.isEmpty)
            #expect(await rig.emulator.ledger.isEmpty)
        }
    }

    @Test(
        "stops the library's edit before anything is sent, even without `verifies`", arguments: Kind.allCases)
    func session(_ kind: Kind) async throws {
        let bytes = try await kind.bytes()
        try await Rig.with { rig in
            var options = PreparationOptions()
            options.verifies = false
            let session = SeedreamSession(client: try rig.client(.fal), options: options)
            let failure = await #expect(throws: PreparationFailure.self) {
                try await session.edit("x", [.bytes(bytes, name: "a")], to: rig.destination)
            }
            #expect(failure?.inputs.map(\.code) == [kind.code])
            #expect(await rig.emulator.requests.isEmpty)
            #expect(await rig.emulator.ledger.isEmpty)
        }
    }
}
#endif
