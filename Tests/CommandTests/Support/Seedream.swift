import Foundation
import TestSupport

/// Runs `seedream` to its end, with nothing on standard input.
func seedream(_ arguments: String...) async throws -> CommandResult {
    try await CommandRunner().run(arguments)
}

/// Runs a line of shell in which `$0` is `seedream`.
func shell(_ line: String, _ arguments: String...) async throws -> CommandResult {
    try await CommandRunner("/bin/sh", "-c", line, CommandRunner.seedream).run(arguments)
}

/// The bytes of a file.
func bytes(ofFile path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
