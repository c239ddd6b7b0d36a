public import SeedreamModel

/// Why no reply came, or not all of it.
public struct TransportError: Error, Hashable, Sendable {
    /// What failed.
    public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
        /// The host's name has no address.
        case nameResolution = "name-resolution"
        /// No connection was made.
        case connect
        /// No TLS was agreed on, or the certificate is not to be trusted.
        case tls
        /// The proxy refused.
        case proxy
        /// Nothing came, or went, for too long.
        case timeout
        /// The connection ended.
        case connectionLost = "connection-lost"
        /// What came is no HTTP.
        case malformed
        /// More bytes than allowed.
        case tooLarge = "too-large"
        /// The address is one that must not be called.
        case forbiddenAddress = "forbidden-address"
    }

    /// What failed.
    public var kind: Kind
    /// Whether a byte of the request can have reached the host. `false` only where no connection
    /// was made, or none was ever given the request.
    public var mayHaveArrived: Bool
    /// One line, lower case, without keys and without the query of a URL.
    public var message: String
    /// What to do about it, one line; `nil` where the kind of failure says it all.
    public var remedy: Remedy?
    /// What to do about it, one line, in the words of `Remedy.wording`.
    public var hint: String? {
        get { remedy?.description }
        set { remedy = newValue.map { Remedy($0) } }
    }

    /// Makes an error.
    public init(_ kind: Kind, mayHaveArrived: Bool, message: String, remedy: Remedy? = nil) {
        self.remedy = remedy
        self.kind = kind
        self.mayHaveArrived = mayHaveArrived
        self.message = message
    }

    /// Makes an error whose advice names no setting.
    public init(_ kind: Kind, mayHaveArrived: Bool, message: String, hint: String) {
        self.init(kind, mayHaveArrived: mayHaveArrived, message: message, remedy: Remedy(hint))
    }
}

extension TransportError: CustomStringConvertible {
    /// ``message``.
    public var description: String { message }
}
