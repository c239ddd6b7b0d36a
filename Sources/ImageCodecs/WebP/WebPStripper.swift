import CodecBridge
import PixelEngine
import Pixels

/// Strips a still WebP down to the bitstream, its alpha and its profile, and corrects the header.
///
/// Decodes the image: only that shows whether its chunk holds all of it, and which bytes follow its
/// end there.
struct WebPStripper {
    private let source: EncodedSource
    private let limits: DecodeLimits
    private var result = StrippedImage()

    /// - Throws: ``CodecError``, as decoding does.
    static func strip(
        _ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits
    ) throws(CodecError) -> StrippedImage {
        let layout = try WebPLayout(source)
        guard !layout.isAnimated else {
            throw .unsupportedFeature("an animation cannot pass through unchanged")
        }
        let range = try layout.stillRange()
        guard let image = layout.image else { throw .truncated("the file ends before its image data") }
        var stripper = WebPStripper(source: source, limits: limits)
        let profile = probe.profile == nil ? nil : layout.profile
        if let extended = layout.extended {
            // Keeps the flags of the kept chunks; the three bytes after them are reserved.
            let flags = extended.flags.intersection(profile == nil ? [.alpha] : [.alpha, .profile])
            try stripper.keep(extended.chunk, flags: flags)
        }
        if let profile { try stripper.keep(profile, count: profile.payload.count) }
        if let alpha = layout.alpha {
            let needed = try stripper.needed(ofAlpha: alpha.payload, size: image.bitstream.size)
            try stripper.keep(alpha, count: needed)
        }
        let channels = probe.hasAlpha ? 4 : 3
        let used = try stripper.needed(range, size: image.bitstream.size, channels: channels)
        try stripper.keep(image.chunk, count: range.lowerBound + used - image.chunk.payload.lowerBound)
        stripper.note(layout, keepsProfile: profile != nil)
        return try stripper.finished()
    }

    // MARK: Kept chunks

    private mutating func keep(_ chunk: WebPLayout.Chunk, flags: WebPLayout.Flags) throws(CodecError) {
        let header = try source.bytes(at: chunk.range.lowerBound, length: 18)
        guard header.count == 18 else { throw .truncated("the file became shorter while it was read") }
        let clean = header[..<8] + [flags.rawValue, 0, 0, 0] + header[12...]
        if clean.elementsEqual(header) { result.copy(chunk.range) } else { result.write(Array(clean)) }
    }

    /// Keeps the first `count` bytes of a chunk's payload, with a zero as padding.
    private mutating func keep(_ chunk: WebPLayout.Chunk, count: Int) throws(CodecError) {
        let payload = chunk.payload.lowerBound..<chunk.payload.lowerBound + count
        if count == chunk.payload.count {
            result.copy(chunk.range.lowerBound..<payload.upperBound)
        } else {
            result.write(Array(chunk.type.utf8) + Self.littleEndian(count))
            result.copy(payload)
            result.removals.insert(.trailingData)
        }
        guard !count.isMultiple(of: 2) else { return }
        let padding = payload.upperBound..<chunk.range.upperBound
        if padding.count == 1, try source.bytes(at: padding.lowerBound, length: 1) == [0] {
            result.copy(padding)
        } else {
            result.write([0])
            // A file may end before the padding byte of its last chunk.
            if !padding.isEmpty { result.removals.insert(.trailingData) }
        }
    }

    private mutating func note(_ layout: WebPLayout, keepsProfile: Bool) {
        if layout.exif != nil { result.removals.insert(.exif) }
        if layout.xmp != nil { result.removals.insert(.xmp) }
        if layout.profile != nil, !keepsProfile { result.removals.insert(.other) }
        for type in layout.unneeded {
            switch type {
            case "EXIF": result.removals.insert(.exif)
            case "XMP ": result.removals.insert(.xmp)
            case "C2PA": result.removals.insert(.contentCredentials)
            default: result.removals.insert(.other)
            }
        }
        if layout.end < source.count { result.removals.insert(.trailingData) }
    }

    private func finished() throws(CodecError) -> StrippedImage {
        var result = result
        let length = Self.littleEndian(result.byteCount + 4)
        let isWhole = result.pieces == [.copied(12..<source.count)]
        if isWhole, try source.bytes(at: 4, length: 4) == length {
            var whole = StrippedImage()
            whole.copy(0..<source.count)
            return whole
        }
        result.prepend(Array("RIFF".utf8) + length + Array("WEBP".utf8))
        return result
    }

    private static func littleEndian(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    // MARK: Needed bytes

    /// Returns the number of bytes needed of an alpha chunk.
    private func needed(ofAlpha payload: Range<Int>, size: PixelSize) throws(CodecError) -> Int {
        let header = try source.bytes(at: payload.lowerBound, length: 1).first ?? 0
        // Uncompressed: one byte per pixel after the header byte.
        if header & 3 == 0 { return min(payload.count, 1 + size.area) }
        // A lossless bitstream without its header of five bytes: signature, two sides of 14 bits.
        let sides = size.width - 1 | (size.height - 1) << 14
        let stream = [0x2F] + Self.littleEndian(sides)
        let head = Array("VP8L".utf8) + Self.littleEndian(stream.count + payload.count - 1) + stream
        let count = head.count + payload.count - 1
        let memory = try CodecError.memory(count)
        defer { withExtendedLifetime(memory) {} }
        let target = UnsafeMutableRawBufferPointer(start: memory.base, count: count)
        target.copyBytes(from: head)
        let rest = UnsafeMutableRawBufferPointer(rebasing: target[head.count...])
        guard try source.read(at: payload.lowerBound + 1, into: rest) == rest.count else {
            throw .truncated("the file became shorter while it was read")
        }
        let used = try measure(UnsafeRawBufferPointer(target), size: size, channels: 4)
        return used - head.count + 1
    }

    /// Returns the number of bytes needed of a still image.
    private func needed(_ range: Range<Int>, size: PixelSize, channels: Int) throws(CodecError) -> Int {
        do {
            return try source.withAllBytes { bytes in
                try measure(
                    UnsafeRawBufferPointer(rebasing: bytes[range]), size: size, channels: channels)
            }
        } catch let error as CodecError {
            throw error
        } catch {
            throw .misuse("\(error)")
        }
    }

    private func measure(
        _ bytes: UnsafeRawBufferPointer, size: PixelSize, channels: Int
    ) throws(CodecError) -> Int {
        let pixels = try CodecError.memory(size.area * channels)
        defer { withExtendedLifetime(pixels) {} }
        var target = bridge_webp_target(
            pixels: pixels.bytes, capacity: size.area * channels, width: Int32(size.width),
            height: Int32(size.height),
            channels: Int32(channels))
        let data = bytes.bindMemory(to: UInt8.self)
        var used = 0
        try CodecError.check(
            bridge_webp_measure(data.baseAddress, data.count, &target, limits.maximumCPUSeconds, &used))
        return used
    }
}
