public import Pixels

/// An image that is ready to be sent.
public struct PreparedImage: Hashable, Sendable {
    /// Which input it was, from 0.
    public var index: Int
    /// The number that a prompt means by "image 1", from 1.
    public var position: Int
    /// What the input was.
    public var source: SourceFacts
    /// What was done.
    public var action: Action
    /// Why it differs from the input; empty exactly when ``isIdentical``.
    public var reasons: [Reason]
    /// What a person should know.
    public var notices: [Notice]
    /// How far it was looked at.
    public var checked: CheckLevel
    /// Whether ``bytes`` are the input's bytes.
    public var isIdentical: Bool
    /// Of ``bytes``.
    public var mediaType: MediaType
    /// As it will be shown, in px.
    public var size: PixelSize
    /// The encoded picture.
    public var bytes: EncodedBytes

    /// The picture as a data URI; its text is made while it is written.
    public var dataURI: DataURI { DataURI(mediaType: mediaType, bytes: bytes) }

    /// Makes a prepared image from its parts.
    public init(
        index: Int, position: Int, source: SourceFacts, action: Action, reasons: [Reason], notices: [Notice],
        checked: CheckLevel, isIdentical: Bool, mediaType: MediaType, size: PixelSize, bytes: EncodedBytes
    ) {
        self.index = index
        self.position = position
        self.source = source
        self.action = action
        self.reasons = reasons
        self.notices = notices
        self.checked = checked
        self.isIdentical = isIdentical
        self.mediaType = mediaType
        self.size = size
        self.bytes = bytes
    }
}
