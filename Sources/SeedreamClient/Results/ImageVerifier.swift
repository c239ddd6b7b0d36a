public import Pixels

/// Verifies an image from a provider. The client links no codec, so one is passed in.
public struct ImageVerifier: Sendable {
    /// The result of verifying a file.
    public struct Verdict: Hashable, Sendable {
        /// The media type, such as `image/png`.
        public var mediaType: String
        /// The size in px; `nil` if only the first bytes were read.
        public var size: PixelSize?
        /// Whether a pixel is transparent; `nil` if no pixel was decoded.
        public var isTransparent: Bool?

        /// Creates a verdict.
        public init(mediaType: String, size: PixelSize?, isTransparent: Bool? = nil) {
            self.mediaType = mediaType
            self.size = size
            self.isTransparent = isTransparent
        }
    }

    /// A file that is not a valid image, or cannot be read here.
    public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
        /// One line, lower case.
        public var description: String
        /// Whether nothing is known to be wrong with the file: its format is not supported here.
        public var isUnsupported: Bool

        /// Creates a rejection.
        public init(_ description: String, isUnsupported: Bool = false) {
            self.description = description
            self.isUnsupported = isUnsupported
        }
    }

    /// Reads a file to its end and verifies it.
    ///
    /// - Throws: ``Rejection``.
    public var verify: @Sendable (_ path: String) async throws -> Verdict

    /// Creates a verifier.
    public init(verify: @escaping @Sendable (_ path: String) async throws -> Verdict) { self.verify = verify }
}

/// The earlier name of ``ImageVerifier``.
@available(*, deprecated, renamed: "ImageVerifier")
public typealias PictureVerifier = ImageVerifier
