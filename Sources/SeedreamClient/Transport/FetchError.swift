package import SeedreamModel

/// The reason why a file was not fetched from its URL.
package struct FetchError: ErrorWithRemedy, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Kind: Hashable, Sendable {
        /// The text is not a URL that can be fetched.
        case url
        /// The URL leads to an address that must not be called.
        case forbidden
        /// There are too many redirects, or a redirect must not be followed.
        case redirect
        /// The server answered with a status other than 200.
        case status(Int)
        /// The file is longer than allowed.
        case tooLarge
        /// The file has a content encoding that is not decoded.
        case encoding
        case transport(TransportError.Kind)
    }

    /// The kind of failure.
    package var kind: Kind
    /// The message: one line, lower case, without the query of the URL.
    package var description: String
    /// The reason for a retry; `nil` if a retry cannot succeed.
    package var cause: Backoff.Cause?
    /// The wait that the server asks for, in seconds.
    package var retryAfter: Double?
    /// The action for this failure, if it is more specific than that of its kind.
    package var connectionRemedy: Remedy?

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Creates the error of a failed connection. A bad certificate or a forbidden address is
    /// permanent.
    package init(_ error: TransportError) {
        self.init(error.kind == .tooLarge ? .tooLarge : .transport(error.kind), error.message)
        connectionRemedy = error.remedy
        let isFinal = [.tooLarge, .forbiddenAddress, .tls].contains(error.kind)
        cause = isFinal ? nil : error.kind == .timeout ? .timeout : .failure
    }

    /// The action that resolves the error.
    package var remedy: Remedy {
        if let connectionRemedy { return connectionRemedy }
        return switch kind {
        case .url: "give an http or https URL without user and password"
        case .forbidden, .redirect, .encoding: "fetch the file yourself and pass its path"
        case .status: "check the URL in a browser; it may have expired"
        case .tooLarge: "fetch the file yourself, and reduce it"
        case .transport: "check the network and the URL, then try again"
        }
    }
}
