#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Uploads and results, on disk in a folder that goes when the emulator ends; the oldest go first
/// above the limit.
actor FileStore {
    private let folder: String
    private var files: [String: (file: StoredFile, location: String)] = [:]
    private var order: [String] = []
    private var totalBytes = 0
    private var counter = 0
    /// 4 GiB; ours.
    private static let maximumBytes = 4 << 30

    private let clock: EmulatorClock

    init(clock: EmulatorClock) throws {
        self.clock = clock
        folder =
            FileManager.default.temporaryDirectory.path
            + "/seedream-emulator-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Stores a file under a path.
    @discardableResult
    func store(
        _ bytes: [UInt8], path: String, name: String, mediaType: String, lifetime: Double
    ) throws -> StoredFile {
        counter += 1
        let location = "\(folder)/\(counter)"
        try Data(bytes).write(to: URL(fileURLWithPath: location))
        let file = StoredFile(
            path: path, name: name, mediaType: mediaType, byteCount: bytes.count,
            expires: clock.now + lifetime)
        remove(path)
        files[path] = (file, location)
        order.append(path)
        totalBytes += bytes.count
        while totalBytes > Self.maximumBytes, let oldest = order.first { remove(oldest) }
        return file
    }

    /// The file at a path; `nil` if there is none, or it has expired. A path may carry a service's
    /// prefix.
    func file(at path: String) -> StoredFile? {
        entry(at: path).flatMap { $0.expires > clock.now ? $0 : nil }
    }

    /// Whether there was a file at the path that has expired since.
    func hasExpired(_ path: String) -> Bool { entry(at: path).map { $0.expires <= clock.now } ?? false }

    private func entry(at path: String) -> StoredFile? {
        var rest = path[...]
        while true {
            if let found = files[String(rest)]?.file { return found }
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            rest = rest[slash...].dropFirst()
        }
    }

    func bytes(of file: StoredFile) -> [UInt8]? {
        guard let location = files[file.path]?.location else { return nil }
        return FileManager.default.contents(atPath: location).map { [UInt8]($0) }
    }

    private func remove(_ path: String) {
        guard let old = files.removeValue(forKey: path) else { return }
        totalBytes -= old.file.byteCount
        order.removeAll { $0 == path }
        try? FileManager.default.removeItem(atPath: old.location)
    }

    func removeAll() {
        try? FileManager.default.removeItem(atPath: folder)
        files = [:]
        order = []
        totalBytes = 0
    }
}
