import SeedreamModel

extension ClientError.Category {
    /// What a failed connection is.
    package init(_ kind: TransportError.Kind) {
        self =
            switch kind {
            case .timeout: .timeout
            case .malformed, .tooLarge: .badReply
            case .nameResolution, .connect, .tls, .proxy, .connectionLost, .forbiddenAddress: .transport
            }
    }
}

extension ClientError {
    /// The error that a failed connection is.
    package init(
        _ error: TransportError, _ operation: APIOperation, purchase: Purchase,
        isRetryable: Bool = false
    ) {
        self.init(
            Category(error.kind), operation, message: error.message, purchase: purchase,
            isRetryable: isRetryable)
        connectionHint = error.hint
    }
}
