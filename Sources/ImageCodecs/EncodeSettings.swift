/// What every encoder is told.
package struct EncodeSettings: Sendable {
    /// libjpeg's or libwebp's scale, 1 to 100; no meaning for PNG.
    package var quality: Int
    /// An ICC profile to embed, or `nil`.
    package var profile: ColorProfile?
    /// The most bytes to write; encoding stops there.
    package var maximumBytes: Int

    package init(quality: Int, profile: ColorProfile? = nil, maximumBytes: Int = .max) {
        self.quality = quality
        self.profile = profile
        self.maximumBytes = maximumBytes
    }

    /// The C side's spelling: 0 for no limit.
    var bridgedMaximum: Int { maximumBytes == .max ? 0 : max(maximumBytes, 1) }
}
