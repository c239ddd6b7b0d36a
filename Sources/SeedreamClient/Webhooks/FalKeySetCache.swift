import HTTPTypes
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// fal's public keys, fetched when they are first needed and kept for a day.
public actor FalKeySetCache {
    private struct Entry {
        var keys: FalKeySet
        /// Seconds since 1970.
        var time: Double
    }

    /// Seconds for which keys are kept: a day, the longest that fal's documents allow.
    public static let lifetime = 86_400.0
    /// Seconds between two fetches for the sake of a signature that no key made; our number.
    public static let shortestInterval = 60.0

    private let transport: any HTTPTransport
    private let url: String
    private let now: @Sendable () -> Double
    private var entry: Entry?
    /// When the last fetch began, whatever came of it.
    private var attempt: Double?
    private var fetching: Task<FalKeySet, any Error>?

    /// Makes an empty cache.
    ///
    /// - Parameters:
    ///   - transport: What carries the request; no key goes along.
    ///   - endpoints: fal's own addresses by default.
    ///   - now: The time in seconds since 1970; `nil`: this machine's clock.
    public init(
        transport: any HTTPTransport, endpoints: Endpoints = .standard(.fal),
        now: (@Sendable () -> Double)? = nil
    ) {
        self.transport = transport
        url = "\(endpoints.rest)/.well-known/jwks.json"
        self.now = now ?? { Date().timeIntervalSince1970 }
    }

    /// The keys, at most a day old.
    ///
    /// A caller that is cancelled waits for the fetch all the same, a minute at most, as others may
    /// wait for it too.
    ///
    /// - Throws: ``ClientError`` where they cannot be fetched.
    public func keys() async throws -> FalKeySet {
        if let entry, age(entry.time) < Self.lifetime { return entry.keys }
        return try await fetch()
    }

    /// Keys newer than some that did not help; `nil` where there are none, or fal was asked within
    /// the last minute.
    ///
    /// - Throws: As ``keys()``.
    func keys(insteadOf known: FalKeySet) async throws -> FalKeySet? {
        if let entry, entry.keys != known { return entry.keys }
        if let attempt, age(attempt) < Self.shortestInterval { return nil }
        let keys = try await fetch()
        return keys == known ? nil : keys
    }

    /// Seconds; a clock that went back makes everything as old as can be.
    private func age(_ time: Double) -> Double {
        let age = now() - time
        return age < 0 ? .infinity : age
    }

    /// One fetch at a time, whoever waits for it.
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

    /// A key set is a few hundred bytes; this is far more.
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
