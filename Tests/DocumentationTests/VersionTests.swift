import Foundation
import SeedreamModel
import TestSupport
import Testing

@Suite("the version")
struct VersionTests {
    @Test("is that of the newest dated section of the change log, below what is unreleased")
    func changeLog() throws {
        let headings = try Document("CHANGELOG.md").text.split(separator: "\n").filter { $0.hasPrefix("## ") }
        let dated = headings.compactMap { try? /## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)/.wholeMatch(in: $0) }
        #expect(dated.first.map { String($0.1) } == SeedreamVersion.current)
        let newest = try #require(dated.first)
        let unreleased = try #require(headings.firstIndex(of: "## Unreleased"))
        #expect(unreleased + 1 == headings.firstIndex(of: newest.0))
        let dates = dated.map { String($0.2) }
        #expect(dates == dates.sorted(by: >))
    }

    @Test("is stated in one place only: neither the sources nor the scripts repeat it")
    func once() throws {
        var places: [String] = []
        for folder in ["Sources", "scripts", "packaging"] {
            let url = Fixtures.root.appendingPathComponent(folder)
            let files = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() {
                guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
                if text.contains("\"\(SeedreamVersion.current)")
                    || text.contains("/\(SeedreamVersion.current)")
                {
                    places.append(file.lastPathComponent)
                }
            }
        }
        #expect(places == ["SeedreamVersion.swift"])
    }
}
