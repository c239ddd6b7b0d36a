package import Foundation

/// Files from public bug reports, which are not part of the repository. `SEEDREAM_FAULTS` names
/// their folder; default: `../shared/faults` beside the package.
package enum Faults {
    /// The folder; `nil` if it does not exist.
    package static let folder: URL? = {
        let path = ProcessInfo.processInfo.environment["SEEDREAM_FAULTS"]
        let url =
            path.map { URL(fileURLWithPath: $0) } ?? Fixtures.root.appendingPathComponent("../shared/faults")
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }()

    /// Whether the files are present.
    package static var isPresent: Bool { folder != nil }

    /// The comment of a test that is skipped without the files.
    package static let absence = "faults absent: set SEEDREAM_FAULTS to their folder to run this test"

    /// Returns the path of a file.
    package static func path(_ name: String) -> String {
        folder.map { $0.appendingPathComponent(name).path } ?? name
    }

    /// Returns the bytes of a file.
    package static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}
