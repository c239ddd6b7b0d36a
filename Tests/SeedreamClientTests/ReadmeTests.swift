import Foundation
import TestSupport
import Testing

@Suite("README against the client")
struct ClientReadmeTests {
    @Test("its Swift block is the one that is compiled here")
    func block() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "ReadmeExample.swift")
        let source = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(source.range(of: "// README start\n"))
        let end = try #require(source.range(of: "// README end\n"))
        let readme = try String(
            contentsOf: Fixtures.root.appendingPathComponent("README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(Array(blocks)[1] == source[start.upperBound..<end.lowerBound])
    }
}
