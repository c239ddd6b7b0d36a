private import Cryptography
import Pixels
public import SeedreamModel

/// One planned or prepared image in the JSON.
public struct ImageRecord: Hashable, Codable, Sendable {
    /// The image that is or would be sent.
    public struct Prepared: Hashable, Codable, Sendable {
        /// The media type, such as `"image/jpeg"`.
        public var mediaType: MediaType
        /// The width, in px.
        public var width: Int
        /// The height, in px.
        public var height: Int
        /// The encoded size in bytes; absent in a plan.
        public var bytes: Int?
        /// The SHA-256 of the bytes, 64 hexadecimal digits; absent in a plan.
        public var sha256: String?
        /// The length of the data URI in characters; absent in a plan.
        public var dataURILength: Int?
        /// The path of the written file; absent if none was written.
        public var path: String?
    }

    /// The status: `"prepared"` or `"planned"`.
    public var status: String
    /// The index of the input, from 0.
    public var index: Int
    /// The image's number in a prompt ("image 1").
    public var position: Int
    /// The properties of the input.
    public var source: SourceFacts
    /// The action.
    public var action: Action
    /// The reasons why the image differs from the input.
    public var reasons: [Reason]
    /// Notices for the user.
    public var notices: [Notice]
    /// The extent to which the input was checked; absent in a plan.
    public var checked: CheckLevel?
    /// Whether the bytes are the input's; absent in a plan.
    public var bytesIdentical: Bool?
    /// The facts that the header does not tell; only in a plan.
    public var unknown: [PlannedImage.Unknown]?
    /// The image sent.
    public var prepared: Prepared

    /// Creates the record of a prepared image.
    ///
    /// - Parameters:
    ///   - image: The prepared image.
    ///   - path: The path of the written file, if any.
    ///   - includesDigest: Whether to compute the SHA-256, which costs more than passing an image
    ///     through.
    public init(_ image: PreparedImage, path: String? = nil, includesDigest: Bool = true) {
        status = "prepared"
        index = image.index
        position = image.position
        source = image.source
        action = image.action
        reasons = image.reasons
        notices = image.notices
        checked = image.checked
        bytesIdentical = image.isIdentical
        prepared = Prepared(
            mediaType: image.mediaType, width: image.size.width, height: image.size.height,
            bytes: image.bytes.count,
            sha256: includesDigest ? image.sha256 : nil, dataURILength: image.dataURI.length, path: path)
    }

    /// Creates the record of a planned image.
    public init(_ image: PlannedImage) {
        status = "planned"
        index = image.index
        position = image.position
        source = image.source
        action = image.action
        reasons = image.reasons
        notices = image.notices
        unknown = image.unknowns
        prepared = Prepared(mediaType: image.mediaType, width: image.size.width, height: image.size.height)
    }
}

extension PreparedImage {
    /// The SHA-256 of the bytes, 64 lower-case hexadecimal digits. It is computed at each access,
    /// since it costs more than passing an image through.
    public var sha256: String { bytes.withBytes { SHA256Digest($0).hexadecimal } }
}
