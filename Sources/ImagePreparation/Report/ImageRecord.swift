private import Cryptography
import Pixels
public import SeedreamModel

/// One image of the JSON: planned, or prepared.
public struct ImageRecord: Hashable, Codable, Sendable {
    /// What is, or would be, sent.
    public struct Prepared: Hashable, Codable, Sendable {
        /// `"image/jpeg"` and so on.
        public var mediaType: MediaType
        /// Columns, in px.
        public var width: Int
        /// Rows, in px.
        public var height: Int
        /// Encoded bytes; absent in a plan.
        public var bytes: Int?
        /// Of the bytes, 64 hexadecimal digits; absent in a plan.
        public var sha256: String?
        /// Characters of the data URI; absent in a plan.
        public var dataURILength: Int?
        /// Where it was written; absent if it was not.
        public var path: String?
    }

    /// `"prepared"` or `"planned"`.
    public var status: String
    /// Which input it is, from 0.
    public var index: Int
    /// The number that a prompt means by "image 1".
    public var position: Int
    /// What the input is.
    public var source: SourceFacts
    /// What is done.
    public var action: Action
    /// Why it differs from the input.
    public var reasons: [Reason]
    /// What a person should know.
    public var notices: [Notice]
    /// How far it was looked at; absent in a plan.
    public var checked: CheckLevel?
    /// Whether the bytes are the input's; absent in a plan.
    public var bytesIdentical: Bool?
    /// What the header cannot tell; in a plan only.
    public var unknown: [PlannedImage.Unknown]?
    /// What is sent.
    public var prepared: Prepared

    /// The record of a prepared image.
    ///
    /// - Parameters:
    ///   - path: Where it was written, if it was.
    ///   - includesDigest: Whether the SHA-256 is taken, which costs more than passing a picture
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

    /// The record of a planned image.
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
    /// The SHA-256 of ``bytes``, 64 lower-case hexadecimal digits. Taken at each call, since
    /// passing a picture through costs less than that.
    public var sha256: String { bytes.withBytes { SHA256Digest($0).hexadecimal } }
}
