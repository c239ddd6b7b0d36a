import Foundation
import SeedreamModel
import TestSupport
import Testing

/// Error codes and exit codes are a contract, and the README states it.
@Suite(
    "README",
    .enabled(if: FileManager.default.fileExists(atPath: Machine.readme.path), "README.md is not written yet"))
struct ReadmeTests {
    @Test("names every error code", arguments: ErrorCode.allCases)
    func errorCode(_ code: ErrorCode) throws {
        #expect(try String(contentsOf: Machine.readme, encoding: .utf8).contains("`\(code.rawValue)`"))
    }

    @Test("has a row for every exit code that the help lists")
    func exitCodes() async throws {
        let help = try await seedream("prep", "--help").lines
        let table = help.drop { $0 != "Exit codes:" }.dropFirst().prefix { $0.hasPrefix("  ") }
        let codes = table.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(codes == ["0", "1", "64", "65", "73", "130"])
        let rows = try String(contentsOf: Machine.readme, encoding: .utf8).split(separator: "\n").map {
            $0.filter { $0 != "`" && $0 != " " }
        }
        for code in codes { #expect(rows.contains { $0.hasPrefix("|\(code)|") }, "exit code \(code)") }
    }
}
