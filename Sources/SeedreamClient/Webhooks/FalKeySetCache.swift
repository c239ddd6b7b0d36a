import HTTPTypes
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A cache of fal's public keys, which are fetched on first use and kept for a day.
public actor FalKeySetCache {
    private struct Entry {
        var keys: FalKeySet
        /// The time of the fetch in seconds since 1970.
        var time: Double
    }

    /// The time for which keys are kept, in seconds: one day, the maximum that fal's documentation
    /// allows.
    public static let lifetime = 86_400.0
    /// The minimum time between two fetches caused by unknown signatures, in seconds; our choice.
    public static let shortestInterval = 60.0

    private let transport: any HTTPTransport
    private let url: String
    private let now: @Sendable () -> Double
    private var entry: Entry?
    /// The start of the last fetch, successful or not.
    private var attempt: Double?
    private var fetching: Task<FalKeySet, any Error>?

    /// Creates an empty cache.
    ///
    /// - Parameters:
    ///   - transport: Sends the request, without the API key.
    ///   - endpoints: Default: fal's own endpoints.
    ///   - now: The time in seconds since 1970. Default: `nil`, this machine's clock.
    public init(
        transport: any HTTPTransport, endpoints: Endpoints = .standard(.fal),
        now: (@Sendable () -> Double)? = nil
    ) {
        self.transport = transport
        url = "\(endpoints.rest)/.well-known/jwks.json"
        self.now = now ?? { Date().timeIntervalSince1970 }
    }

    /// Returns the keys, at most a day old.
    ///
    /// A cancelled caller still waits for the fetch, at most a minute, as other callers may share
    /// it.
    ///
    /// - Throws: ``ClientError`` if the keys cannot be fetched.
    public func keys() async throws -> FalKeySet {
        if let entry, age(entry.time) < Self.lifetime { return entry.keys }
        return try await fetch()
    }

    /// Returns newer keys than those that failed to verify a signature; `nil` if there are none, or
    /// if fal was asked within the last minute.
    ///
    /// - Throws: The errors of ``keys()``.
    func keys(insteadOf known: FalKeySet) async throws -> FalKeySet? {
        if let entry, entry.keys != known { return entry.keys }
        if let attempt, age(attempt) < Self.shortestInterval { return nil }
        let keys = try await fetch()
        return keys == known ? nil : keys
    }

    /// Returns the age in seconds; infinity if the clock went back.
    private func age(_ time: Double) -> Double {
        let age = now() - time
        return age < 0 ? .infinity : age
    }

    /// Fetches the keys. Concurrent callers share one fetch.
    private func fetch() async throws -> FalKeySet {
        if let fetching { return try await fetching.value }
        attempt = now()
        let task = Task { [transport, url] in try await Self.fetch(url, through: transport) }
        fetching = task
        defer { fetching = nil }
        let keys = try await task.value
        entry = Entry(keys: keys, time: now())
        return keys
    }

    /// The maximum length of a key set in bytes; actual sets have a few hundred.
    private static let maximumBytes = 64 << 10

    private static func fetch(_ url: String, through transport: any HTTPTransport) async throws -> FalKeySet {
        guard let parts = URLParts(url) else {
            throw error(.transport, "expected an http or https URL for fal's keys")
        }
        let head = HTTPRequest(
            method: .get, scheme: parts.scheme, authority: parts.authority, path: parts.path,
            headerFields: [.accept: "application/json"])
        do {
            let reply = try await transport.send(OutgoingRequest(head: head, totalTimeout: 60))
            let status = reply.head.status.code
            guard status == 200 else {
                throw error(.provider, "expected fal's keys, found the status \(status)", status: status)
            }
            var bytes: [UInt8] = []
            for try await piece in reply.body {
                bytes += piece
                guard bytes.count <= maximumBytes else {
                    throw error(.badReply, "expected fal's keys in \(maximumBytes) bytes, found more")
                }
            }
            return try FalKeySet(parsing: bytes)
        } catch let failure as TransportError {
            throw error(failure.kind == .timeout ? .timeout : .transport, failure.message)
        } catch let failure as WebhookError {
            throw error(.badReply, failure.description)
        }
    }

    private static func error(
        _ category: ClientError.Category, _ message: String, status: Int? = nil
    ) -> ClientError {
        ClientError(
            category, .fal(.jwks), status: status, message: message,
            purchase: .notTaken, isRetryable: true)
    }
}

/// fal's public keys for webhook signatures.
public struct FalKeySet: Hashable, Sendable {
    /// The keys, of 32 bytes each.
    package let keys: [[UInt8]]

    /// Creates a set of stored keys.
    ///
    /// - Parameter publicKeys: Ed25519 keys. Keys that are not 32 bytes long are ignored.
    public init(publicKeys: [[UInt8]]) { keys = publicKeys.filter { $0.count == 32 } }

    /// Parses a JSON Web Key Set (RFC 7517, with RFC 8037's Ed25519). Keys of other types are
    /// ignored, so the set may be empty.
    ///
    /// - Throws: ``WebhookError/malformed(_:)`` if the text is not a key set.
    public init(parsing text: [UInt8]) throws(WebhookError) {
        guard let items = (try? JSONValue(parsing: text))?["keys"]?.array else {
            throw .malformed("expected a JSON Web Key Set, found \(text.count) bytes of other data")
        }
        self.init(
            publicKeys: items.compactMap { item in
                guard item["kty"] == "OKP", item["crv"] == "Ed25519" else { return nil }
                return item["x"]?.string.flatMap(Self.bytes)
            })
    }

    /// Whether the set is empty.
    public var isEmpty: Bool { keys.isEmpty }

    /// Decodes base64url without padding (RFC 4648, section 5).
    private static func bytes(_ text: String) -> [UInt8]? {
        var characters = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            // Characters of the standard alphabet are invalid here.
            case UInt8(ascii: "+"), UInt8(ascii: "/"): UInt8(ascii: " ")
            default: byte
            }
        }
        while characters.last == UInt8(ascii: "=") { characters.removeLast() }
        characters += [UInt8](repeating: UInt8(ascii: "="), count: (4 - characters.count % 4) % 4)
        return characters.withUnsafeBufferPointer { Base64.decode($0) }
    }
}
