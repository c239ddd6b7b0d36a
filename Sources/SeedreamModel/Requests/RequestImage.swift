public import Pixels

/// A picture of a request.
public enum RequestImage: Hashable, Sendable {
    /// A local one, made valid.
    case prepared(PreparedImage)
    /// One that the host fetches itself from an http or https URL. Nothing about it is known here.
    case remote(String)

    /// Its size in px; `nil` where only the host will see it.
    public var size: PixelSize? { if case .prepared(let image) = self { image.size } else { nil } }
    /// The prepared picture, if it is one.
    public var prepared: PreparedImage? { if case .prepared(let image) = self { image } else { nil } }
}
