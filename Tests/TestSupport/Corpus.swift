package import Foundation

/// The third-party test images, which are not part of the repository. `SEEDREAM_CORPUS` names their
/// folder; default: `../shared/corpus` beside the package.
package enum Corpus {
    /// A row of the corpus's `manifest.tsv`.
    package struct Row: Sendable, CustomStringConvertible {
        package var file: String
        package var format: String
        package var width: Int?
        package var height: Int?
        package var orientation: Int?
        package var expected: String
        package var referenceHash: String?
        package var description: String { file }
        /// The first folder of the path.
        package var folder: String { file.split(separator: "/").first.map(String.init) ?? "" }
    }

    /// The folder; `nil` if it does not exist.
    package static let folder: URL? = {
        let path = ProcessInfo.processInfo.environment["SEEDREAM_CORPUS"]
        let url =
            path.map { URL(fileURLWithPath: $0) } ?? Fixtures.root.appendingPathComponent("../shared/corpus")
        return FileManager.default.fileExists(atPath: url.appendingPathComponent("manifest.tsv").path)
            ? url : nil
    }()

    /// Whether the corpus is present.
    package static var isPresent: Bool { folder != nil }

    /// The comment of a test that is skipped without the corpus.
    package static let absence = "corpus absent: set SEEDREAM_CORPUS to its folder to run this test"

    /// Returns the path of a file.
    package static func path(_ row: Row) -> String {
        folder.map { $0.appendingPathComponent(row.file).path } ?? row.file
    }

    /// All rows; empty if the corpus is absent.
    package static let rows: [Row] = {
        guard let folder,
            let text = try? String(contentsOf: folder.appendingPathComponent("manifest.tsv"), encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Row(
                file: cells[0], format: cells[1], width: Int(cells[2]), height: Int(cells[3]),
                orientation: Int(cells[4]), expected: cells[7],
                referenceHash: cells[11].isEmpty ? nil : cells[11])
        }
    }()
}
