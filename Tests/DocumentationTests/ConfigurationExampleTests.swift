#if Client
import Foundation
import TestSupport
import Testing

/// The configuration in docs/cli.md is one that the command takes, and its table is complete.
@Suite("documented configuration")
struct ConfigurationExampleTests {
    private struct Report: Decodable {
        struct Setting: Decodable {
            var key: String
            var provider: String?
            var value: String?
            var source: String
        }
        var settings: [Setting]
    }

    /// Returns what `seedream config --json` prints.
    ///
    /// - Parameter file: The content of the file; `nil` for no file.
    private func settings(_ file: String?, _ environment: [String: String] = [:]) async throws
        -> [Report.Setting]
    {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("seedream"), withIntermediateDirectories: false)
        if let file { try folder.write(Array(file.utf8), as: "seedream/config.json") }
        var runner = CommandRunner()
        runner.environment = environment.merging(["XDG_CONFIG_HOME": folder.path]) { $1 }
        let result = try await runner.run(["config", "--json"])
        #expect(result.status == 0, "\(result)")
        return try JSONDecoder().decode(Report.self, from: result.output).settings
    }

    private func block() throws -> String {
        try #require(try Document("docs/cli.md").block("json", in: "configuration"))
    }

    @Test("the example is valid, and sets everything that can be set")
    func example() async throws {
        let settings = try await settings(try block())
        let values = settings.filter { $0.source != "default" }.map { "\($0.key) \($0.value ?? "-")" }
        #expect(
            values == [
                "provider fal", "model seedream-4-0-250828", "output ~/Pictures/seedream", "budget 2.00",
                "parallel 4", "send-images auto",
            ])
    }

    @Test("the table has each key, its variable and its built-in value")
    func table() async throws {
        let rows = try Document("docs/cli.md").table(between: "settings")
        let builtIn = try await settings(nil)
        #expect(rows.map { $0[0] } == builtIn.map(\.key))
        #expect(rows.map { $0[1] } == CommandRunner.settings)
        for (row, setting) in zip(rows, builtIn) where setting.key != "model" {
            #expect(row[3] == setting.value ?? "none")
        }
    }

    @Test("each variable of the table sets its key")
    func variables() async throws {
        let values = ["ark", "seedream-5", "out", "1.5", "7", "upload"]
        let environment = Dictionary(uniqueKeysWithValues: zip(CommandRunner.settings, values))
        let settings = try await settings(nil, environment)
        #expect(settings.map(\.value) == values)
        #expect(settings.map(\.source) == CommandRunner.settings)
    }
}
#endif
