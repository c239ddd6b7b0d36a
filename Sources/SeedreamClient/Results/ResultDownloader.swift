import HTTPTypes

/// Fetches what a host made. Neither key nor cookie is sent, redirects are few, and none leads from the public into a private network.
package struct ResultDownloader: ResultFetching {
    /// Redirects that are followed: as many as for inputs; ours.
    private static let maximumRedirects = 3

    private let provider: ProviderID
    private let transport: any HTTPTransport
    private let backoff: Backoff
    private let resolver: NameResolver
    /// Whether results may lie on this machine or in a private network: where the API itself does.
    private let allowsPrivateAddresses: Bool
    /// When the file has to be here.
    private let deadline: Deadline

    /// Makes a downloader.
    package init(
        provider: ProviderID, transport: any HTTPTransport, backoff: Backoff = Backoff(),
        resolver: NameResolver = .system, allowsPrivateAddresses: Bool = true, deadline: Deadline = .never
    ) {
        self.deadline = deadline
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.provider = provider
        self.transport = transport
        self.backoff = backoff
        self.resolver = resolver
    }

    package func fetch(
        _ url: String, maximum: Int, begin: @escaping @Sendable () throws -> Void,
        write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> FetchedResult {
        guard let first = URLParts(url) else {
            throw failure(.result, "expected the URL of a picture, found something else").error
        }
        var attempt = 1
        while true {
            try Task.checkCancellation()
            try begin()
            let failed: Failure
            do {
                let result = try await follow(first, maximum: maximum, write: write)
                backoff.budget.giveBack()
                return result
            } catch let error as Failure {
                failed = error
            }
            guard let cause = failed.cause,
                try await backoff.wait(
                    after: attempt, cause, retryAfter: failed.error.retryAfter, by: deadline)
            else { throw failed.error }
            attempt += 1
        }
    }

    /// An attempt that failed.
    private struct Failure: Error {
        var error: ClientError
        /// Why another may succeed; `nil` if none will.
        var cause: Backoff.Cause?
    }

    private func failure(
        _ category: ClientError.Category, _ message: String, status: Int? = nil, cause: Backoff.Cause? = nil
    ) -> Failure {
        Failure(
            error: ClientError(
                category, APIOperation(provider, .download), status: status,
                message: message, purchase: .taken, isRetryable: cause != nil),
            cause: cause)
    }

    private func failure(_ error: TransportError) -> Failure {
        let isFinal = [.tooLarge, .forbiddenAddress].contains(error.kind)
        return Failure(
            error: ClientError(
                error, APIOperation(provider, .download), purchase: .taken,
                isRetryable: !isFinal),
            cause: isFinal ? nil : error.kind == .timeout ? .timeout : .failure)
    }

    private func follow(
        _ first: URLParts, maximum: Int, write: @Sendable ([UInt8]) throws -> Void
    ) async throws -> FetchedResult {
        // By its spelling alone: where only a proxy knows names, none can be resolved here.
        if !allowsPrivateAddresses, let objection = AddressPolicy.objection(toHostOf: first) {
            throw failure(.result, "\(first.shown): expected a public address, and \(objection)")
        }
        var url = first
        var pinned: String?
        for step in 0...Self.maximumRedirects {
            let reply = try await ask(url, at: pinned)
            switch url.redirection(in: reply.head) {
            case .refused(let reason): throw failure(.result, "\(url.shown): \(reason)")
            case .none: return try await read(reply, from: url, maximum: maximum, write: write)
            case .to(let target):
                guard step < Self.maximumRedirects else { break }
                pinned = try await address(of: target, from: first)
                url = target
            }
        }
        throw failure(.result, "\(first.shown): expected at most \(Self.maximumRedirects) redirects")
    }

    private func ask(_ url: URLParts, at address: String?) async throws -> IncomingReply {
        do {
            return try await transport.send(
                OutgoingRequest(
                    head: url.head(.get, [.userAgent: APIClient.userAgent, .accept: "image/*, */*;q=0.5"]),
                    totalTimeout: deadline.limit(600), pinnedAddress: address))
        } catch let error as TransportError {
            throw failure(error)
        }
    }

    /// The only address of a redirect's target that may be connected to; `nil` where the first URL was not public either.
    private func address(of target: URLParts, from first: URLParts) async throws -> String? {
        if first.isLoopback && target.isLoopback { return nil }
        let found = try await addresses(of: target)
        guard let objection = found.lazy.compactMap({ AddressPolicy.objection(to: $0) }).first else {
            return found.first.map { "\($0)" }
        }
        let isPublic = try await isPublic(first)
        // A private network may send its own client around, but not to this machine.
        if isPublic || target.isLoopback || first.isLoopback {
            throw failure(
                .result,
                "\(first.shown): expected a redirect to a public address, found \(target.origin) (\(objection))"
            )
        }
        return nil
    }

    private func isPublic(_ url: URLParts) async throws -> Bool {
        try await addresses(of: url).allSatisfy { AddressPolicy.objection(to: $0) == nil }
    }

    private func addresses(of url: URLParts) async throws -> [IPAddress] {
        switch AddressPolicy.host(of: url) {
        case .address(let address): return [address]
        case .disguisedNumber:
            throw failure(.result, "\(url.shown): expected a name, found a number")
        case .name:
            let found = await resolver.addresses(url.host)
            guard !found.isEmpty else {
                throw failure(.transport, "\(url.authority): the name has no address", cause: .failure)
            }
            return found
        }
    }

    private func read(
        _ reply: IncomingReply, from url: URLParts, maximum: Int, write: @Sendable ([UInt8]) throws -> Void
    ) async throws -> FetchedResult {
        let status = reply.head.status.code
        guard status == 200 else { throw refusal(reply.head, of: url) }
        let promised = reply.head.headerFields[.contentLength].flatMap { Int($0) }
        let tooLarge = failure(.result, "\(url.shown): expected at most \(maximum) bytes, found more")
        if let promised, promised > maximum { throw tooLarge }
        var count = 0
        var pieces = reply.body.makeAsyncIterator()
        while true {
            let piece: [UInt8]?
            do {
                piece = try await pieces.next(isolation: #isolation)
            } catch let error as TransportError {
                throw failure(error)
            }
            guard let piece else { break }
            count += piece.count
            if count > maximum { throw tooLarge }
            try write(piece)
        }
        if let promised, promised != count {
            throw failure(
                .transport, "\(url.shown): expected \(promised) bytes, found \(count)", cause: .failure)
        }
        return FetchedResult(contentType: reply.head.headerFields[.contentType], byteCount: count)
    }

    private func refusal(_ head: HTTPResponse, of url: URLParts) -> Failure {
        let status = head.status.code
        if [403, 404, 410].contains(status) {
            return failure(.result, "\(url.shown): the picture is no longer there", status: status)
        }
        let category: ClientError.Category =
            switch status {
            case 429: .rateLimit
            case 408, 504: .timeout
            case 500...599: .provider
            default: .result
            }
        let cause: Backoff.Cause? =
            !APIClient.isPassing(status)
            ? nil : status == 429 ? .throttled : category == .timeout ? .timeout : .failure
        var failed = failure(
            category, "\(url.shown): expected a picture, found status \(status)", status: status, cause: cause
        )
        failed.error.retryAfter = RetryAfter.seconds(in: head.headerFields, now: backoff.now())
        return failed
    }
}
