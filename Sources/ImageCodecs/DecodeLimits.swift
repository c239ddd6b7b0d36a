import CodecBridge

/// What a picture may cost to read. Everything is checked from the header where the header tells,
/// before memory is taken.
public struct DecodeLimits: Hashable, Sendable {
    /// The largest input file, in bytes. 512 MiB by default: a 200-megapixel phone JPEG has up to
    /// 60 MB.
    public var maximumInputBytes = 512 << 20
    /// The largest image decoded, in px². 268 402 689 (0x3FFF²) by default, as in sharp.
    public var maximumPixels = 0x3FFF * 0x3FFF
    /// Estimated memory to decode one picture, in bytes. 1 GiB by default, ours: 38 bytes of WebP
    /// can hold 0x3FFF² px.
    public var maximumDecodeMemory = 1 << 30
    /// Scans a progressive JPEG may have before it counts as hostile. 100 by default, as in Skia.
    public var maximumProgressiveScans = 100
    /// Warnings of the JPEG decoder before the file counts as corrupt. 100 by default, as in
    /// libvips.
    public var maximumWarnings = 100
    /// CPU time to decode one picture, in seconds. 30 by default, ours: a backstop for what the
    /// other limits miss.
    public var maximumCPUSeconds = 30.0
    /// The largest ICC profile used, in bytes; a larger one is ignored with a notice. 4 MiB by
    /// default.
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
