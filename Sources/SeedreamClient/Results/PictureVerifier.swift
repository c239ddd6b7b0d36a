public import Pixels

/// Looks at a picture that a host made. The client links no codec, so it is handed one.
public struct PictureVerifier: Sendable {
    /// What a file turned out to be.
    public struct Verdict: Hashable, Sendable {
        /// Its media type, as `image/png`.
        public var mediaType: String
        /// Its size in px; `nil` where only its first bytes were looked at.
        public var size: PixelSize?

        /// Makes a verdict.
        public init(mediaType: String, size: PixelSize?) {
            self.mediaType = mediaType
            self.size = size
        }
    }

    /// Why a file is no picture, one line.
    public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
        /// One line, lower case.
        public var description: String
        /// Whether nothing is known to be wrong with the file: it is of a kind that is not read
        /// here.
        public var isUnsupported: Bool

        /// Makes a rejection.
        public init(_ description: String, isUnsupported: Bool = false) {
            self.description = description
            self.isUnsupported = isUnsupported
        }
    }

    /// Reads a file to its end.
    ///
    /// - Throws: ``Rejection``.
    public var verify: @Sendable (_ path: String) async throws -> Verdict

    /// Makes a verifier.
    public init(verify: @escaping @Sendable (_ path: String) async throws -> Verdict) { self.verify = verify }
}
