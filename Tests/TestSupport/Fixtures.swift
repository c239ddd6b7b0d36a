package import Foundation
import ImageCodecs

/// The files under `fixtures/` and the facts in their manifest.
package enum Fixtures {
    /// The root of the package.
    package static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Returns the path of a fixture.
    package static func path(_ name: String) -> String {
        root.appendingPathComponent("fixtures/\(name)").path
    }

    /// Returns the bytes of a fixture.
    package static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// The result that the manifest expects for a file.
    package struct Expectation: Decodable, Sendable {
        package var error: String?
        package var format: String?
        package var width: Int?
        package var height: Int?
        package var orientation: Int?
        package var alpha: Bool?
        package var bitDepth: Int?
        package var chromaSubsampling: String?
        package var progressive: Bool?
        package var frames: Int?
        package var icc: String?
    }

    /// A row of the manifest.
    package struct Row: Decodable, Sendable, CustomStringConvertible {
        package var path: String
        package var sha256: String
        package var bytes: Int
        package var expect: Expectation
        package var why: String
        package var description: String { path }
    }

    private struct Manifest: Decodable { var fixtures: [Row] }

    /// All rows of the manifest.
    package static let rows: [Row] = {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path("manifest.json")))
            return try JSONDecoder().decode(Manifest.self, from: data).fixtures
        } catch {
            fatalError("fixtures/manifest.json cannot be read: \(error)")
        }
    }()

    /// The rows in formats that this build reads or no build reads.
    package static let readableRows = rows.filter { row in
        let prefix = (try? bytes(row.path).prefix(FormatSniffer.prefixLength)) ?? []
        // The linked libheif may be too old for this file; HEIFTests check that the error names it.
        let needsNewer = row.path == "ranges/444-10-limited-0.avif" && !CodecRequirement.heifLimitedRGB.isMet
        return FormatSniffer.format(of: prefix)?.missing == nil && !needsNewer
    }
}
