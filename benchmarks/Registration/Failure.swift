import Foundation

/// The end of a benchmark that cannot be measured.
enum Failure {
    /// Returns what `body` returns. If it throws, the error goes to stderr and the process ends with 1: an error that the plugin
    /// is told of is printed, and the plugin succeeds all the same.
    static func isFatal<Result>(to name: String, _ body: () async throws -> Result) async -> Result {
        do {
            return try await body()
        } catch {
            FileHandle.standardError.write(Data("error: \(name): \(error)\n".utf8))
            exit(1)
        }
    }
}
