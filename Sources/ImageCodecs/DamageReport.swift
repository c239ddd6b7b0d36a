import CodecBridge

/// Tolerance of damage: given to a reader, it lets JPEG and TIFF data count that decoders can only
/// fill in, and says afterwards what was wrong. Without one, damage ends reading with an error.
///
/// Belongs to one reader at a time, on any thread; complete once the reader is
/// finished.
package final class DamageReport {
    /// The first damage that was found; ``CodecError/corrupt(_:)`` or ``CodecError/truncated(_:)``.
    package private(set) var first: CodecError?

    package init() {}

    func add(_ status: bridge_status) { first = first ?? CodecError(status) }
}

extension CodecError {
    /// Whether the data are damaged, so that a part of the image may be read all the same.
    package var isDamage: Bool {
        switch self {
        case .corrupt, .truncated: true
        default: false
        }
    }
}
