import Foundation
import TestSupport

/// Runs `seedream` to its end, with empty standard input.
func seedream(_ arguments: String...) async throws -> CommandResult {
    try await CommandRunner().run(arguments)
}

/// Runs a shell line in which `$0` is `seedream`.
func shell(_ line: String, _ arguments: String...) async throws -> CommandResult {
    try await CommandRunner("/bin/sh", "-c", line, CommandRunner.seedream).run(arguments)
}

/// Returns the bytes of a file.
func bytes(ofFile path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
