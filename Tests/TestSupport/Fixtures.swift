public import Foundation

/// The files under `fixtures/`, and the facts that its manifest states.
public enum Fixtures {
    /// The root of the package.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The path of a fixture.
    public static func path(_ name: String) -> String { root.appendingPathComponent("fixtures/\(name)").path }

    /// The bytes of a fixture.
    public static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// What the manifest expects of a file.
    public struct Expectation: Decodable, Sendable {
        public var error: String?
        public var format: String?
        public var width: Int?
        public var height: Int?
        public var orientation: Int?
        public var alpha: Bool?
        public var bitDepth: Int?
        public var chromaSubsampling: String?
        public var progressive: Bool?
        public var frames: Int?
        public var icc: String?
    }

    /// A row of the manifest.
    public struct Row: Decodable, Sendable, CustomStringConvertible {
        public var path: String
        public var sha256: String
        public var bytes: Int
        public var expect: Expectation
        public var why: String
        public var description: String { path }
    }

    private struct Manifest: Decodable { var fixtures: [Row] }

    /// All rows.
    public static let rows: [Row] = {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path("manifest.json")))
            return try JSONDecoder().decode(Manifest.self, from: data).fixtures
        } catch {
            fatalError("fixtures/manifest.json cannot be read: \(error)")
        }
    }()
}
