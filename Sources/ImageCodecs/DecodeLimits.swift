import CodecBridge

/// The limits for reading an image. They are checked from the header where possible, before memory
/// is allocated.
public struct DecodeLimits: Hashable, Sendable {
    /// The largest input file, in bytes. Default: 512 MiB; a 200-megapixel phone JPEG has up to
    /// 60 MB.
    public var maximumInputBytes = 512 << 20
    /// The largest image decoded, in px². Default: 268 402 689 (0x3FFF²), as in sharp.
    public var maximumPixels = 0x3FFF * 0x3FFF
    /// The largest estimated memory for decoding one image, in bytes. Default: 1 GiB, our choice;
    /// 38 bytes of WebP can hold 0x3FFF² px.
    public var maximumDecodeMemory = 1 << 30
    /// The most scans of a progressive JPEG; more are treated as hostile. Default: 100, as in Skia.
    public var maximumProgressiveScans = 100
    /// The most warnings of the JPEG decoder; more mean a corrupt file. Default: 100, as in
    /// libvips.
    public var maximumWarnings = 100
    /// The most CPU time for decoding one image, in seconds. Default: 30, our choice; a backstop
    /// for cases that the other limits miss.
    public var maximumCPUSeconds = 30.0
    /// The largest ICC profile used, in bytes; larger ones are ignored with a notice. Default: 4
    /// MiB.
    public var maximumProfileBytes = 4 << 20

    /// Makes the default limits.
    public init() {}

    var bridged: bridge_limits { bridged(toleratesDamage: false) }

    func bridged(toleratesDamage: Bool) -> bridge_limits {
        bridge_limits(
            maximum_scans: Int32(clamping: maximumProgressiveScans),
            maximum_warnings: Int32(clamping: maximumWarnings), maximum_cpu_seconds: maximumCPUSeconds,
            tolerates_damage: toleratesDamage ? 1 : 0)
    }
}
