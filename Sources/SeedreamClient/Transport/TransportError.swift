public import SeedreamModel

/// The reason why no complete reply arrived.
public struct TransportError: Error, Hashable, Sendable {
    /// The kind of failure.
    public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
        /// The host name has no address.
        case nameResolution = "name-resolution"
        /// No connection was established.
        case connect
        /// TLS negotiation failed, or the certificate is not trusted.
        case tls
        /// The proxy refused the connection or failed.
        case proxy
        /// No byte was received or sent for too long.
        case timeout
        /// The connection was closed or reset.
        case connectionLost = "connection-lost"
        /// The reply is not HTTP.
        case malformed
        /// The reply is longer than allowed.
        case tooLarge = "too-large"
        /// The address must not be called.
        case forbiddenAddress = "forbidden-address"
    }

    /// The kind of failure.
    public var kind: Kind
    /// Whether a byte of the request may have reached the provider. `false` only if no connection
    /// was established or none was given the request.
    public var mayHaveArrived: Bool
    /// The message: one line, lower case, without keys and without the query of a URL.
    public var message: String
    /// The action that resolves the error; `nil` if the kind of failure says enough.
    public var remedy: Remedy?
    /// The action that resolves the error, on one line, in the words of `Remedy.wording`.
    public var hint: String? {
        get { remedy?.description }
        set { remedy = newValue.map { Remedy($0) } }
    }

    /// Creates an error.
    public init(_ kind: Kind, mayHaveArrived: Bool, message: String, remedy: Remedy? = nil) {
        self.remedy = remedy
        self.kind = kind
        self.mayHaveArrived = mayHaveArrived
        self.message = message
    }

    /// Creates an error whose hint names no setting.
    public init(_ kind: Kind, mayHaveArrived: Bool, message: String, hint: String) {
        self.init(kind, mayHaveArrived: mayHaveArrived, message: message, remedy: Remedy(hint))
    }
}

extension TransportError: CustomStringConvertible {
    /// The value of ``message``.
    public var description: String { message }
}
