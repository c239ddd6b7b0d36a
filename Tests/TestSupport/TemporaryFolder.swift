import Foundation

/// A folder that is removed with everything in it.
public final class TemporaryFolder {
    /// Its path.
    public let path: String

    /// Makes an empty folder.
    public init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("seedream-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file into it and returns its path.
    @discardableResult
    public func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// The names of what lies in it, hidden files included, sorted.
    public func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
