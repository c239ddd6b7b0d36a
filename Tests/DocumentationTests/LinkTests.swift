import Foundation
import TestSupport
import Testing

@Suite("links of the documents")
struct LinkTests {
    @Test("lead to files and headings that exist", arguments: Document.paths)
    func relative(_ path: String) throws {
        let document = try Document(path)
        let folder = Fixtures.root.appendingPathComponent(path).deletingLastPathComponent()
        for link in document.links where !link.contains("://") && !link.hasPrefix("mailto:") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file = parts[0].isEmpty ? path : relativePath(of: String(parts[0]), in: folder)
            #expect(
                FileManager.default.fileExists(atPath: Fixtures.root.appendingPathComponent(file).path),
                "\(path) links to \(link): there is no \(file)")
            guard parts.count == 2, file.hasSuffix(".md") else { continue }
            let anchors = try Document(file).anchors
            #expect(anchors.contains(String(parts[1])), "\(path) links to \(link): no such heading")
        }
    }

    @Test("the README leads to every document")
    func reachable() throws {
        let links = Set(try Document("README.md").links.map { $0.prefix { $0 != "#" } }.map(String.init))
        for path in Document.paths where path != "README.md" {
            #expect(links.contains(path), "README.md does not link to \(path)")
        }
    }

    /// Returns the path, from the root of the repository, of a link in a document of `folder`.
    private func relativePath(of link: String, in folder: URL) -> String {
        let target = folder.appendingPathComponent(link).standardizedFileURL.path
        let root = Fixtures.root.standardizedFileURL.path
        return target.hasPrefix("\(root)/") ? String(target.dropFirst(root.count + 1)) : "../\(link)"
    }
}
