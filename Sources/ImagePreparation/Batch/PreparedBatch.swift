public import SeedreamModel

/// The images of one request.
public struct PreparedBatch: Hashable, Sendable {
    /// What is ready to be sent, in input order.
    public var images: [PreparedImage]
    /// What could not be prepared, in input order.
    public var failed: [FailedInput]
    /// What one request has no room for, in input order.
    public var dropped: [DroppedInput]

    /// Makes a batch, for instance to test what is done with one.
    public init(images: [PreparedImage], failed: [FailedInput] = [], dropped: [DroppedInput] = []) {
        (self.images, self.failed, self.dropped) = (images, failed, dropped)
    }

    /// Encoded bytes of all images.
    public var byteCount: Int { images.reduce(0) { $0 + $1.bytes.count } }
    /// Characters of all data URIs.
    public var dataURILength: Int { images.reduce(0) { $0 + $1.dataURI.length } }
}
