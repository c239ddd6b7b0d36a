#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file that a provider stores: an upload or a result.
struct StoredFile: Hashable, Sendable {
    /// The path on the media server: `"files/b/0a8c9d5e/4f2a_dog.png"`.
    let path: String
    let name: String
    let mediaType: String
    let byteCount: Int
    /// The time of expiry, in seconds since 1970.
    let expires: Double
}

/// Uploads and results, kept on disk in a folder that is deleted when the emulator stops. Above the
/// size limit, the oldest files are deleted first.
actor FileStore {
    private let folder: String
    private var files: [String: (file: StoredFile, location: String)] = [:]
    private var order: [String] = []
    private var totalBytes = 0
    private var counter = 0
    /// The size limit in bytes: 4 GiB, our choice.
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

    /// Stores a file under a path, replacing an earlier one, for `lifetime` seconds.
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

    /// Returns the file at a path, which may start with a service's prefix; `nil` if there is no
    /// file or it has expired.
    func file(at path: String) -> StoredFile? {
        entry(at: path).flatMap { $0.expires > clock.now ? $0 : nil }
    }

    /// Returns whether the file at a path has expired.
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

/// Downloads of stored files, which need no key, as on a CDN.
enum Download {
    static func response(to request: EmulatedRequest, from files: FileStore) async -> EmulatedResponse {
        let path = request.path.joined(separator: "/")
        guard let file = await files.file(at: path), file.path == path,
            let bytes = await files.bytes(of: file)
        else {
            let status = await files.hasExpired(path) ? 410 : 404
            return .text("\(status == 410 ? "Gone" : "Not Found")\n", type: "text/plain", status: status)
        }
        return EmulatedResponse(
            status: 200,
            headers: [
                ("Content-Type", file.mediaType), ("Cache-Control", "public, max-age=3600"),
                // An upload may claim to be a web page; under this address it must not act as one
                // of ours.
                ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "sandbox"),
            ],
            body: .bytes(bytes))
    }
}
