package import SeedreamModel

/// How a picture travels in a body.
package enum ImageReference: Hashable, Sendable {
    /// As the text of a data URI, made while it is sent.
    case dataURI(DataURI)
    /// As a URL that the host fetches.
    case url(String)
    /// As a URL that is not known before it is uploaded: only a dry run has these.
    case pending(byteCount: Int)

    /// The member of a body.
    package var wire: WireValue {
        switch self {
        case .dataURI(let uri): .dataURI(uri)
        case .url(let text): .string(text)
        case .pending(let count): .string("<upload of \(count) bytes>")
        }
    }
}
