import HTTPTypes
import SeedreamModel
import Synchronization

/// Fetches files from untrusted URLs, inputs and results alike, without giving them access to this
/// machine's network.
///
/// A host name is resolved once, all its addresses are checked, and the connection goes to a
/// checked address. A name that changes its address in between gains nothing. Each redirect is
/// checked in the same way. Neither a key nor a cookie is sent.
///
/// Behind a proxy, the proxy resolves names, since this machine often cannot. The client then
/// checks only the spelling of a URL, which rejects addresses and `localhost`; the proxy decides
/// about everything else.
///
/// A redirect from https to http is rejected, as browsers reject it within an https page (W3C,
/// Mixed Content); curl follows it unless `--proto-redir =https` is given.
package struct GuardedFetcher: Sendable {
    /// The networks that a fetch may reach.
    package enum Reach: Hashable, Sendable {
        /// Public addresses only.
        case world
        /// Public addresses, and the kind of network that the host of this URL is in: this machine,
        /// or private networks.
        case worldAndNeighbors(of: URLParts)
        /// Every address, for tests and callers that ask for it.
        case everywhere
    }

    /// The limits of a fetch.
    package struct Policy: Hashable, Sendable {
        /// The networks that may be reached.
        package var reach: Reach
        /// The allowed ports; `nil` for all.
        package var ports: Set<Int>?
        /// The maximum file length in bytes.
        package var maximumBytes: Int
        /// The maximum number of redirects. Default: 3; our choice.
        package var maximumRedirects = 3
        /// The longest time without a byte from the server, in seconds. Default: 60.
        package var readTimeout = 60.0
        /// The longest time for one file with all attempts, in seconds. Default: 600.
        package var totalTimeout = 600.0
        /// The time by which the fetch must end, even if ``totalTimeout`` is later.
        package var deadline = Deadline.never
        package init(reach: Reach, ports: Set<Int>?, maximumBytes: Int) {
            (self.reach, self.ports, self.maximumBytes) = (reach, ports, maximumBytes)
        }

        /// Returns the policy for URLs that a user gives as inputs: public addresses, and the ports
        /// of http and https.
        ///
        /// - Parameter maximumBytes: Default: 512 MiB, as for a local file.
        package static func input(maximumBytes: Int = 512 << 20) -> Policy {
            Policy(reach: .world, ports: [80, 443], maximumBytes: maximumBytes)
        }

        /// Returns the policy for a URL that a user gives as input.
        ///
        /// - Parameters:
        ///   - url: The URL.
        ///   - maximumBytes: The maximum file length, in bytes.
        ///   - hosts: Lower-case hosts in private networks that may be reached, on every port. A
        ///     redirect from one stays in its kind of network, or leads to the public one.
        package static func input(_ url: String, maximumBytes: Int, allowing hosts: Set<String>) -> Policy {
            var policy = input(maximumBytes: maximumBytes)
            guard !hosts.isEmpty, let parts = URLParts(url), hosts.contains(parts.host.lowercased()) else {
                return policy
            }
            (policy.reach, policy.ports) = (.worldAndNeighbors(of: parts), nil)
            return policy
        }

        /// Returns the policy for URLs that a provider gives as results.
        ///
        /// - Parameter base: The provider's URL. Private networks are allowed only if the provider
        ///   is in one.
        package static func result(of base: String, maximumBytes: Int) -> Policy {
            Policy(
                reach: URLParts(base).map { .worldAndNeighbors(of: $0) } ?? .world, ports: nil,
                maximumBytes: maximumBytes)
        }
    }

    /// The receiver of the bytes.
    package struct Sink: Sendable {
        /// Called before each attempt; discards the bytes of an earlier attempt.
        package var begin: @Sendable () throws -> Void
        /// Receives the bytes in order.
        package var write: @Sendable ([UInt8]) throws -> Void

        package init(
            begin: @escaping @Sendable () throws -> Void, write: @escaping @Sendable ([UInt8]) throws -> Void
        ) {
            (self.begin, self.write) = (begin, write)
        }
    }

    /// The statuses that may be temporary. A missing image (404, 410) is not among them: the code
    /// that saves it asks the provider for its current URL.
    private static let passingStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    private let transport: any HTTPTransport
    private let resolver: NameResolver
    private let backoff: Backoff

    package init(
        _ transport: any HTTPTransport, resolver: NameResolver = .system, backoff: Backoff = Backoff()
    ) {
        self.transport = transport
        self.resolver = resolver
        self.backoff = backoff
    }

    /// Fetches a file into memory.
    ///
    /// - Throws: ``FetchError``, also for an encoding that is not decoded; `CancellationError`.
    package func bytes(_ url: String, _ policy: Policy) async throws -> [UInt8] {
        let collected = Collected()
        let file = try await fetch(
            url, policy,
            into: Sink(begin: { collected.bytes.withLock { $0 = [] } }) { piece in
                collected.bytes.withLock { $0 += piece }
            })
        if let encoding = file.contentEncoding {
            throw FetchError(.encoding, "expected a file without content encoding, found \(encoding)")
        }
        return collected.bytes.withLock { $0 }
    }

    private final class Collected: Sendable {
        let bytes = Mutex<[UInt8]>([])
    }

    /// Fetches a file, with retries.
    ///
    /// - Throws: ``FetchError``; errors of the sink; `CancellationError`.
    package func fetch(_ url: String, _ policy: Policy, into sink: Sink) async throws -> FetchedFile {
        guard let first = URLParts(url) else {
            throw FetchError(.url, "expected an http or https URL, found something else")
        }
        let deadline = policy.deadline.sooner(Deadline(after: policy.totalTimeout))
        let overdue = FetchError(
            .transport(.timeout), "\(first.shown): expected the file in time, found it incomplete")
        return try await deadline.enforced(throwing: overdue) {
            var attempt = 1
            while true {
                try Task.checkCancellation()
                try sink.begin()
                let failure: FetchError
                do {
                    let file = try await follow(first, policy, deadline, sink)
                    backoff.budget.giveBack()
                    return file
                } catch let error as FetchError {
                    failure = error
                }
                guard let cause = failure.cause,
                    try await backoff.wait(after: attempt, cause, retryAfter: failure.retryAfter)
                else { throw failure }
                attempt += 1
            }
        }
    }

    private func follow(_ first: URLParts, _ policy: Policy, _ deadline: Deadline, _ sink: Sink) async throws
        -> FetchedFile
    {
        var url = first
        var allowed: Set<AddressPolicy.Zone>?
        for _ in 0...max(0, policy.maximumRedirects) {
            let place = try await place(of: url, policy)
            let zones: Set<AddressPolicy.Zone>
            if let allowed {
                zones = allowed
            } else {
                // A public URL leads to public addresses only: its server must not redirect us into
                // our own network.
                zones = place.isPublic ? [.world] : try await reached(by: policy)
                allowed = zones
            }
            if let problem = place.objection(to: url, allowing: zones) { throw problem }
            let reply = try await send(url, at: place.addresses, policy, deadline)
            switch url.redirection(in: reply.head) {
            case .refused(let reason): throw FetchError(.redirect, "\(url.shown): \(reason)")
            case .none: return try await read(reply, from: url, policy, sink)
            case .to(let target): url = target
            }
        }
        throw FetchError(.redirect, "\(first.shown): expected at most \(policy.maximumRedirects) redirects")
    }

    // MARK: - Addresses

    /// The addresses of a URL's host.
    private struct Place {
        /// The addresses to connect to, best first; empty if a proxy resolves them.
        var addresses: [IPAddress]
        /// The network kind of each address, and the address as it appears in errors.
        var zones: [(zone: AddressPolicy.Zone, text: String)]

        var isPublic: Bool { zones.allSatisfy { $0.zone == .world } }

        /// Returns an error if one address is forbidden: a public server has no such address.
        func objection(to url: URLParts, allowing allowed: Set<AddressPolicy.Zone>) -> FetchError? {
            zones.first { !allowed.contains($0.zone) }.map {
                FetchError(.forbidden, "\(url.shown): expected a public address, found \($0.text)")
            }
        }
    }

    private func place(of url: URLParts, _ policy: Policy) async throws -> Place {
        if let ports = policy.ports, !ports.contains(url.port) {
            let list = ports.sorted().map { "\($0)" }.joined(separator: " or ")
            throw FetchError(.forbidden, "\(url.shown): expected port \(list), found \(url.port)")
        }
        let addresses: [IPAddress]
        switch AddressPolicy.host(of: url) {
        case .disguisedNumber:
            throw FetchError(
                .forbidden, "\(url.shown): expected a name or four decimal numbers, found \(url.host)")
        case .address(let address): addresses = [address]
        case .name where transport.isProxied(url.text):
            let isHere = AddressPolicy.objection(toHostOf: url) != nil
            return Place(addresses: [], zones: isHere ? [(.machine, "\(url.host) (this machine)")] : [])
        case .name: addresses = try await resolved(url)
        }
        return Place(
            addresses: addresses,
            zones: addresses.map { address in
                let (zone, name) = AddressPolicy.zone(of: address)
                return (zone, "\(address) (\(name))")
            })
    }

    private func resolved(_ url: URLParts) async throws -> [IPAddress] {
        do {
            let addresses = try await resolver.addresses(url.host)
            guard addresses.isEmpty else { return addresses }
            throw NameResolver.Failure.noAddress
        } catch let reason as NameResolver.Failure {
            var error = FetchError(.transport(.nameResolution), "\(url.authority): \(reason)")
            (error.cause, error.connectionRemedy) = (.failure, Remedy(reason.hint))
            throw error
        }
    }

    private func reached(by policy: Policy) async throws -> Set<AddressPolicy.Zone> {
        switch policy.reach {
        case .world: return [.world]
        case .everywhere: return Set(AddressPolicy.Zone.allCases)
        case .worldAndNeighbors(let base):
            var anyPort = policy
            anyPort.ports = nil
            return Set(try await place(of: base, anyPort).zones.map(\.zone)).union([.world])
        }
    }

    // MARK: - One request

    /// Sends the request to the addresses in turn until a connection succeeds.
    private func send(
        _ url: URLParts, at addresses: [IPAddress], _ policy: Policy, _ deadline: Deadline
    ) async throws -> IncomingReply {
        var request = OutgoingRequest(
            head: url.head(.get, [.userAgent: OutgoingRequest.userAgent, .accept: "image/*, */*;q=0.5"]),
            readTimeout: policy.readTimeout)
        let candidates = addresses.isEmpty ? [nil] : addresses.prefix(3).map { Optional("\($0)") }
        var last: TransportError?
        for address in candidates {
            request.pinnedAddress = address
            request.totalTimeout = deadline.limit(policy.totalTimeout)
            do {
                return try await transport.send(request)
            } catch let error as TransportError {
                last = error
                guard error.kind == .connect else { break }
            }
        }
        throw last.map { FetchError($0) } ?? FetchError(.url, "\(url.shown): expected an address, found none")
    }

    private func read(_ reply: IncomingReply, from url: URLParts, _ policy: Policy, _ sink: Sink) async throws
        -> FetchedFile
    {
        let (status, fields) = (reply.head.status.code, reply.head.headerFields)
        guard status == 200 else {
            var error = FetchError(.status(status), "\(url.shown): expected status 200, found \(status)")
            if Self.passingStatuses.contains(status) {
                error.cause = status == 429 ? .throttled : [408, 504].contains(status) ? .timeout : .failure
            }
            error.retryAfter = RetryAfter.seconds(in: fields, now: backoff.now())
            throw error
        }
        let promised = fields[.contentLength].flatMap { Int($0) }
        let tooLarge = FetchError(
            .tooLarge, "\(url.shown): expected at most \(policy.maximumBytes) bytes, found more")
        if let promised, promised > policy.maximumBytes { throw tooLarge }
        var count = 0
        var pieces = reply.body.makeAsyncIterator()
        while true {
            let piece: [UInt8]?
            do {
                piece = try await pieces.next(isolation: #isolation)
            } catch let error as TransportError {
                throw FetchError(error)
            }
            guard let piece else { break }
            count += piece.count
            if count > policy.maximumBytes { throw tooLarge }
            try sink.write(piece)
        }
        if let promised, promised != count {
            var error = FetchError(
                .transport(.connectionLost), "\(url.shown): expected \(promised) bytes, found \(count)")
            error.cause = .failure
            throw error
        }
        return FetchedFile(
            contentType: fields[.contentType], contentEncoding: fields[.contentEncoding], byteCount: count)
    }
}

/// The properties of a fetched file.
package struct FetchedFile: Hashable, Sendable {
    /// The media type that the server states; not trusted.
    package var contentType: String?
    /// The encoding that the bytes still have, such as `br`; `nil` if they are the file itself.
    package var contentEncoding: String?
    /// The number of bytes written.
    package var byteCount: Int

    package init(contentType: String?, contentEncoding: String? = nil, byteCount: Int) {
        (self.contentType, self.contentEncoding, self.byteCount) = (contentType, contentEncoding, byteCount)
    }
}
