package import SeedreamModel

/// Downloads results, without sending the provider's key.
package protocol ResultFetching: Sendable {
    /// Downloads a file, with the retries of a GET.
    ///
    /// - Parameters:
    ///   - url: The URL from the provider.
    ///   - maximum: The largest file accepted, in bytes.
    ///   - begin: Called before each attempt; discards what an earlier attempt has written.
    ///   - write: Receives the bytes in order.
    /// - Throws: ``ClientError``; errors of `begin` and `write`; `CancellationError`.
    func fetch(
        _ url: String, maximum: Int, begin: @escaping @Sendable () throws -> Void,
        write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> FetchedFile
}

/// Downloads results with a ``GuardedFetcher`` and reports failures as ``ClientError``.
package struct ResultDownloader: ResultFetching {
    private let provider: ProviderID
    private let fetcher: GuardedFetcher
    private let base: String
    private let deadline: Deadline

    /// Creates a downloader.
    ///
    /// - Parameters:
    ///   - base: The address of the provider's API. Results on this machine or in a private network
    ///     are accepted only if the API is there too.
    ///   - deadline: The time by which all downloads must be over.
    package init(
        provider: ProviderID, base: String, transport: any HTTPTransport, backoff: Backoff = Backoff(),
        resolver: NameResolver = .system, deadline: Deadline = .never
    ) {
        self.provider = provider
        self.base = base
        self.deadline = deadline
        fetcher = GuardedFetcher(transport, resolver: resolver, backoff: backoff)
    }

    package func fetch(
        _ url: String, maximum: Int, begin: @escaping @Sendable () throws -> Void,
        write: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> FetchedFile {
        var policy = GuardedFetcher.Policy.result(of: base, maximumBytes: maximum)
        policy.deadline = deadline
        do {
            return try await fetcher.fetch(url, policy, into: .init(begin: begin, write: write))
        } catch let error as FetchError {
            throw ClientError(error, APIOperation(provider, .download))
        }
    }
}

extension ClientError {
    /// Creates the error for a failed download of a result, which is paid for.
    fileprivate init(_ error: FetchError, _ operation: APIOperation) {
        var message = error.description
        var status: Int?
        let category: Category
        switch error.kind {
        case .url:
            (category, message) = (.result, "expected the URL of an image, found something else")
        case .forbidden, .redirect, .encoding, .tooLarge: category = .result
        case .status(let code):
            status = code
            category = Self.category(of: code)
            let shown = message.prefix { $0 != " " }
            message =
                [403, 404, 410].contains(code)
                ? "\(shown) the image is no longer there" : "\(shown) expected an image, found status \(code)"
        case .transport(let kind): category = Category(kind)
        }
        self.init(
            category, operation, status: status, message: message, retryAfter: error.retryAfter,
            purchase: .taken, isRetryable: error.cause != nil)
        connectionHint = error.connectionRemedy?.description
    }

    private static func category(of status: Int) -> Category {
        switch status {
        case 429: .rateLimit
        case 408, 504: .timeout
        case 500...599: .provider
        default: .result
        }
    }
}
