import SeedreamClient
import SeedreamModel
import Synchronization

/// Returns bytes by URL, in pieces; unknown URLs fail.
final class StubFetching: ResultFetching {
    /// The outcome for a URL.
    enum Answer: Sendable {
        case bytes([UInt8])
        /// The first attempt is truncated, and has other bytes.
        case secondTry([UInt8])
        case failure(any Error)
        /// Never replies.
        case silence
    }

    private let answers: [String: Answer]
    private let fetched = Mutex<[String]>([])

    init(_ answers: [String: Answer]) { self.answers = answers }

    /// The requested URLs, sorted.
    var urls: [String] { fetched.withLock { $0.sorted() } }

    func fetch(
        _ url: String, maximum: Int, begin: @escaping @Sendable () throws -> Void,
        write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> FetchedFile {
        fetched.withLock { $0.append(url) }
        try begin()
        switch answers[url] {
        case .bytes(let bytes): return try send(bytes, write)
        case .secondTry(let bytes):
            try write(Array(bytes.prefix(bytes.count / 2).reversed()))
            try begin()
            return try send(bytes, write)
        case .failure(let error): throw error
        case .silence:
            try await Task.sleep(for: .seconds(3600))
            throw CancellationError()
        case nil:
            throw ClientError(
                .notFound, provider: .fal, operation: "fal.download", status: 404, message: "not found",
                requestID: nil, purchase: .notTaken)
        }
    }

    private func send(_ bytes: [UInt8], _ write: @Sendable ([UInt8]) throws -> Void) throws -> FetchedFile {
        for start in stride(from: 0, to: bytes.count, by: 5000) {
            try write(Array(bytes[start..<min(start + 5000, bytes.count)]))
        }
        return FetchedFile(contentType: "text/html", byteCount: bytes.count)
    }
}
