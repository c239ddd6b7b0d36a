import Pixels

/// An input image that a host has taken: what is needed to draw it and to tell it from others.
struct InputPicture: Sendable {
    /// As it is drawn, at most 384 px on a side.
    let tile: Tile
    /// As displayed, in px; `nil` for what was not fetched.
    let size: PixelSize?
    /// `"image/jpeg"`, or what the URL is.
    let kind: String
    /// Encoded bytes.
    let byteCount: Int
    /// Of the encoded bytes, or of the URL.
    let sha256: String
    /// A JPEG of at most 160 px on a side, for the page.
    let thumbnail: [UInt8]
}
