import Foundation
import ImageCodecs
import TestSupport
import Testing

/// Compares the tables of docs/dependencies.md with the resolved and linked versions.
@Suite("documented dependencies")
struct DependencyTests {
    private struct Resolved: Decodable {
        struct Pin: Decodable {
            struct State: Decodable { var version: String? }
            var identity: String
            var state: State
        }
        var pins: [Pin]
    }

    private static let resolvedFile = Fixtures.root.appendingPathComponent("Package.resolved")

    private static func pins() throws -> [Resolved.Pin] {
        try JSONDecoder().decode(Resolved.self, from: Data(contentsOf: resolvedFile)).pins
    }

    private static func table(_ marker: String) throws -> [[String]] {
        try Document("docs/dependencies.md").table(between: marker)
    }

    @Test(
        "are the versions that were resolved",
        .enabled(
            if: FileManager.default.fileExists(atPath: resolvedFile.path),
            "there is no Package.resolved beside Package.swift"))
    func packages() throws {
        let versions = Dictionary(
            try Self.pins().map { ($0.identity, $0.state.version ?? "none") }, uniquingKeysWith: { $1 })
        let rows = try Self.table("packages")
        #expect(rows.count == 9)
        for row in rows {
            // A build without a trait does not fetch that trait's packages.
            guard let version = versions[row[0]] else { continue }
            #expect(
                row[1] == version, "\(row[0]): run the suite, then write \(version) into docs/dependencies.md"
            )
        }
    }

    @Test(
        "are named in NOTICE",
        .enabled(
            if: FileManager.default.fileExists(atPath: resolvedFile.path),
            "there is no Package.resolved beside Package.swift"))
    func notices() throws {
        let notice = try String(contentsOf: Fixtures.root.appendingPathComponent("NOTICE"), encoding: .utf8)
        let words = Set(notice.split { $0.isWhitespace || $0 == "," }.map(String.init))
        // swift-docc-plugin documents the package, and is part of no program.
        for pin in try Self.pins() where !pin.identity.hasPrefix("swift-docc-") {
            #expect(
                words.contains(pin.identity),
                "NOTICE lacks \(pin.identity): write it with `scripts/generate-notice >NOTICE`")
        }
        #expect(words.isSuperset(of: ["Unicode-3.0", "BSD-3-Clause", "Zlib", "MIT"]))
    }

    @Test("are no newer than the linked libraries")
    func libraries() throws {
        let rows = try Self.table("libraries")
        let linked = CodecVersions.all
        for library in linked {
            guard let row = rows.first(where: { $0[0] == library.name }) else {
                Issue.record("\(library.name) is linked but missing from docs/dependencies.md")
                continue
            }
            let (found, tested) = (Self.numbers(library.version), Self.numbers(row[1]))
            #expect(
                !found.lexicographicallyPrecedes(tested),
                "\(library.name) \(library.version) is older than \(row[1]), which was tested")
        }
        #expect(linked.count >= 5)
    }

    private static func numbers(_ version: String) -> [Int] {
        version.split { !$0.isNumber }.compactMap { Int($0) }
    }
}
