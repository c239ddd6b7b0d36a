package import Foundation

/// Files that public bug reports describe, which are not part of the project: found through
/// `SEEDREAM_FAULTS`, by default `../shared/faults` beside the package.
package enum Faults {
    /// The folder, or `nil` if it is absent.
    package static let folder: URL? = {
        let path = ProcessInfo.processInfo.environment["SEEDREAM_FAULTS"]
        let url =
            path.map { URL(fileURLWithPath: $0) } ?? Fixtures.root.appendingPathComponent("../shared/faults")
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }()

    /// Whether it is there.
    package static var isPresent: Bool { folder != nil }

    /// What a test says where it is not.
    package static let absence = "faults absent: set SEEDREAM_FAULTS to their folder to run this test"

    /// The path of a file.
    package static func path(_ name: String) -> String {
        folder.map { $0.appendingPathComponent(name).path } ?? name
    }

    /// The bytes of a file.
    package static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}
