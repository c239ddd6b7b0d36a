import HTTPTypes

/// Fetches inputs from URLs that come from outside, without letting them reach into this machine's network.
///
/// A name is resolved once, every address of it is checked, and the connection goes to a checked one, so that a name that changes its
/// address in between gains nothing. Each redirect is treated in the same way. Neither key nor cookie is sent.
package struct SafeFetcher: Sendable {
    /// What is fetched.
    package struct Options: Hashable, Sendable {
        /// Whether addresses of private networks and of this machine are called. `false` by default.
        package var allowsPrivateAddresses = false
        /// The ports that are called; any if `nil`. 80 and 443 by default.
        package var ports: Set<Int>? = [80, 443]
        /// Redirects that are followed. 3 by default.
        package var maximumRedirects = 3
        /// The longest silence of the server, in seconds. 60 by default.
        package var readTimeout = 60.0
        /// The longest time for one file, in seconds. 600 by default.
        package var totalTimeout = 600.0

        /// Makes the defaults.
        package init() {}
    }

    private let transport: any HTTPTransport
    private let options: Options
    private let resolver: NameResolver
    private let backoff: Backoff

    package init(
        _ transport: any HTTPTransport, options: Options = Options(), resolver: NameResolver = .system,
        backoff: Backoff = Backoff()
    ) {
        self.transport = transport
        self.options = options
        self.resolver = resolver
        self.backoff = backoff
    }

    /// Fetches a file into memory, with the retries of a GET.
    ///
    /// - Parameter maximum: The most bytes. 512 MiB by default, as for a file of this machine.
    /// - Throws: ``FetchError``; `CancellationError`.
    package func fetch(_ url: String, maximum: Int = 512 << 20) async throws -> [UInt8] {
        guard let first = URLParts(url) else {
            throw FetchError(.url, "expected an http or https URL, found something else")
        }
        var attempt = 1
        while true {
            try Task.checkCancellation()
            let failure: Failure
            do {
                let bytes = try await follow(first, maximum: maximum)
                backoff.budget.giveBack()
                return bytes
            } catch let error as Failure {
                failure = error
            }
            guard let cause = failure.cause,
                try await backoff.wait(after: attempt, cause, retryAfter: failure.retryAfter)
            else { throw failure.error }
            attempt += 1
        }
    }

    /// An attempt that failed.
    private struct Failure: Error {
        var error: FetchError
        /// Why another may succeed; `nil` if none will.
        var cause: Backoff.Cause?
        var retryAfter: Double?

        init(_ kind: FetchError.Kind, _ text: String) { error = FetchError(kind, text) }

        init(_ error: TransportError) {
            let isTooLarge = error.kind == .tooLarge
            self.error = FetchError(isTooLarge ? .tooLarge : .transport(error.kind), error.message)
            let isFinal = [.tooLarge, .forbiddenAddress, .tls].contains(error.kind)
            cause = isFinal ? nil : error.kind == .timeout ? .timeout : .failure
        }
    }

    private func follow(_ first: URLParts, maximum: Int) async throws -> [UInt8] {
        var url = first
        for step in 0... {
            let reply = try await ask(url)
            switch url.redirection(in: reply.head) {
            case .refused(let reason): throw Failure(.redirect, "\(url.shown): \(reason)")
            case .none: return try await read(reply, from: url, maximum: maximum)
            case .to(let target):
                guard step < options.maximumRedirects else {
                    throw Failure(
                        .redirect, "\(first.shown): expected at most \(options.maximumRedirects) redirects")
                }
                url = target
            }
        }
        throw Failure(.redirect, "\(first.shown): expected at most \(options.maximumRedirects) redirects")
    }

    /// Asks the addresses of a URL in turn until one can be connected to.
    private func ask(_ url: URLParts) async throws -> IncomingReply {
        let addresses = try await checkedAddresses(of: url)
        var last: TransportError?
        for address in addresses.prefix(3) {
            var request = OutgoingRequest(
                head: url.head(.get, [.userAgent: APIClient.userAgent, .accept: "image/*, */*;q=0.5"]),
                readTimeout: options.readTimeout, totalTimeout: options.totalTimeout)
            request.pinnedAddress = "\(address)"
            do {
                return try await transport.send(request)
            } catch let error as TransportError {
                last = error
                guard error.kind == .connect else { break }
            }
        }
        throw last.map(Failure.init) ?? Failure(.transport(.nameResolution), "\(url.host): no address")
    }

    private func checkedAddresses(of url: URLParts) async throws -> [IPAddress] {
        if let ports = options.ports, !ports.contains(url.port) {
            let list = ports.sorted().map { "\($0)" }.joined(separator: " or ")
            throw Failure(.forbidden, "\(url.shown): expected port \(list), found \(url.port)")
        }
        let addresses: [IPAddress]
        switch AddressPolicy.host(of: url) {
        case .disguisedNumber:
            throw Failure(
                .forbidden, "\(url.shown): expected a name or four decimal numbers, found \(url.host)")
        case .address(let address): addresses = [address]
        case .name: addresses = await resolver.addresses(url.host)
        }
        guard !addresses.isEmpty else {
            var failure = Failure(
                .transport(.nameResolution), "\(url.authority): the name has no address")
            failure.cause = .failure
            throw failure
        }
        if !options.allowsPrivateAddresses {
            // One forbidden address is enough: a server of the public has none.
            for address in addresses {
                if let objection = AddressPolicy.objection(to: address) {
                    throw Failure(
                        .forbidden, "\(url.shown): expected a public address, found \(address) (\(objection))"
                    )
                }
            }
        }
        return addresses
    }

    private func read(_ reply: IncomingReply, from url: URLParts, maximum: Int) async throws -> [UInt8] {
        let status = reply.head.status.code
        guard status == 200 else {
            var failure = Failure(.status(status), "\(url.shown): expected status 200, found \(status)")
            if APIClient.isPassing(status) { failure.cause = status == 429 ? .throttled : .failure }
            failure.retryAfter = RetryAfter.seconds(in: reply.head.headerFields, now: backoff.now())
            throw failure
        }
        do {
            return try await ReplyReader(maximum: maximum).read(reply).body
        } catch var error as TransportError {
            if error.kind == .tooLarge {
                error.message = "\(url.shown): expected at most \(maximum) bytes, found more"
            }
            throw Failure(error)
        }
    }
}
