import Foundation
import TestSupport

/// A configuration folder with a `config.json`, and a runner of `seedream` that uses it.
struct ConfiguredFolder {
    let folder: TemporaryFolder
    /// The path of the file.
    let path: String

    /// - Parameter text: The content of the file; `nil` for no file.
    init(_ text: String? = nil) throws { try self.init(bytes: text.map { Array($0.utf8) }) }

    init(bytes: [UInt8]?) throws {
        folder = try TemporaryFolder()
        path = folder.file("seedream/config.json")
        try FileManager.default.createDirectory(
            atPath: folder.file("seedream"), withIntermediateDirectories: false)
        if let bytes { try folder.write(bytes, as: "seedream/config.json") }
    }

    /// A runner in this folder, with settings in its environment.
    func runner(_ environment: [String: String] = [:]) -> CommandRunner {
        var runner = CommandRunner()
        runner.directory = folder.path
        runner.environment = [
            "XDG_CONFIG_HOME": folder.path, "XDG_STATE_HOME": folder.file("state"), "FAL_KEY": "",
        ]
        runner.environment.merge(environment) { $1 }
        return runner
    }

    /// Runs `seedream` to its end.
    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> CommandResult {
        try await runner(environment).run(arguments)
    }

    /// One setting of `seedream config --json`.
    struct Setting: Decodable, Equatable {
        var key: String
        var provider: String?
        var operation: String?
        var value: String?
        var source: String
    }

    /// Returns the settings that `seedream config --json` prints.
    func settings(_ environment: [String: String] = [:]) async throws -> [Setting] {
        struct Report: Decodable { var settings: [Setting] }
        let result = try await run("config", "--json", environment: environment)
        return try JSONDecoder().decode(Report.self, from: result.output).settings
    }

    /// Returns the first setting with a key.
    func setting(_ key: String, _ environment: [String: String] = [:]) async throws -> Setting? {
        try await settings(environment).first { $0.key == key }
    }
}
