package import SeedreamModel

/// Why a file was not fetched from its URL.
package struct FetchError: ErrorWithRemedy, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure.
    package enum Kind: Hashable, Sendable {
        /// It is no URL that is fetched.
        case url
        /// It leads to where nothing is fetched from.
        case forbidden
        /// It leads on too often, or to what must not be followed.
        case redirect
        /// The server answers with another status than 200.
        case status(Int)
        /// There are more bytes than allowed.
        case tooLarge
        /// The bytes are compressed in a way that is not decoded.
        case encoding
        case transport(TransportError.Kind)
    }

    /// What kind of failure.
    package var kind: Kind
    /// One line, lower case, without the query of the URL.
    package var description: String
    /// Why another attempt may succeed; `nil` if none will.
    package var cause: Backoff.Cause?
    /// Seconds that the server asks to wait.
    package var retryAfter: Double?
    /// What to do where the kind does not say it all.
    package var connectionRemedy: Remedy?

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// The failure of a connection. A certificate is the same the next time, and so is what is
    /// forbidden.
    package init(_ error: TransportError) {
        self.init(error.kind == .tooLarge ? .tooLarge : .transport(error.kind), error.message)
        connectionRemedy = error.remedy
        let isFinal = [.tooLarge, .forbiddenAddress, .tls].contains(error.kind)
        cause = isFinal ? nil : error.kind == .timeout ? .timeout : .failure
    }

    /// What to do.
    package var remedy: Remedy {
        if let connectionRemedy { return connectionRemedy }
        return switch kind {
        case .url: "give an http or https URL without user and password"
        case .forbidden, .redirect, .encoding: "fetch the file yourself and pass its path"
        case .status: "check the URL in a browser; an address that expires may have"
        case .tooLarge: "fetch the file yourself, and reduce it"
        case .transport: "check the network and the URL, then try again"
        }
    }
}
