package import SeedreamModel

/// A body of known length whose bytes are made while they are sent. Holds pictures by reference; it
/// can be read any number of times.
public struct RequestBody: Sendable {
    /// A piece of a body.
    package enum Segment: Sendable {
        case bytes([UInt8])
        /// A picture as it is.
        case picture(EncodedBytes)
        /// A picture as base64 behind its prefix.
        case dataURI(DataURI)

        var length: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .picture(let bytes): bytes.count
            case .dataURI(let uri): uri.length
            }
        }
    }

    package let segments: [Segment]
    /// The exact number of bytes.
    public let length: Int

    /// Nothing to send.
    public init() { self.init([]) }

    package init(_ segments: [Segment]) {
        self.segments = segments
        length = segments.reduce(0) { $0 + $1.length }
    }

    /// Bytes that are there already.
    public init(bytes: [UInt8]) { self.init(bytes.isEmpty ? [] : [.bytes(bytes)]) }

    /// Whether there is nothing to send.
    public var isEmpty: Bool { length == 0 }

    /// Reads the body from its first byte.
    public func makeReader() -> RequestBodyReader { RequestBodyReader(self) }
}

extension RequestBody: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of bytes, never the bytes.
    public var description: String { "<\(length) bytes>" }
    /// As ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no payload.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
