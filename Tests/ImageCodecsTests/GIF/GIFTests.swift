import ImageCodecs
import Pixels
import TestSupport
import Testing

@Suite("GIF", .enabled(if: ImageFormat.gif.isReadable)) struct GIFTests {
    /// Returns `plain.gif` with other numbers for the screen and for the position and size of its
    /// first frame.
    private static func gif(
        screen: (Int, Int)? = nil, place: (Int, Int)? = nil, size: (Int, Int)? = nil
    ) throws -> [UInt8] {
        var bytes = try Fixtures.bytes("formats/plain.gif")
        let frame = try Self.frame(bytes)
        func put(_ pair: (Int, Int)?, at offset: Int) {
            guard let pair else { return }
            for (index, value) in [pair.0 & 255, pair.0 >> 8, pair.1 & 255, pair.1 >> 8].enumerated() {
                bytes[offset + index] = UInt8(value)
            }
        }
        put(screen, at: 6)
        put(place, at: frame + 1)
        put(size, at: frame + 5)
        return bytes
    }

    /// Returns the offset of the first image descriptor. No extension before it in the fixture
    /// contains a comma, the descriptor's first byte.
    private static func frame(_ bytes: [UInt8]) throws -> Int {
        let palette = bytes[10] & 0x80 == 0 ? 0 : 3 << (Int(bytes[10] & 7) + 1)
        return try #require(bytes.indices.first { $0 >= 13 + palette && bytes[$0] == 0x2C })
    }

    /// Returns `whole` shifted on a larger transparent canvas.
    private static func shifted(_ whole: DecodedPixels, by x: Int, _ y: Int, on size: PixelSize)
        -> DecodedPixels
    {
        var canvas = DecodedPixels(size: size, rgba: [UInt8](repeating: 0, count: size.area * 4))
        for row in 0..<whole.size.height where y + row < size.height {
            for column in 0..<whole.size.width where x + column < size.width {
                let (from, to) = (
                    (row * whole.size.width + column) * 4, ((y + row) * size.width + x + column) * 4
                )
                canvas.rgba.replaceSubrange(to..<to + 4, with: whole.rgba[from..<from + 4])
            }
        }
        return canvas
    }

    @Test("the canvas grows until the first frame fits", arguments: [(0, 0), (0, 9), (1, 1), (20, 10_000)])
    func screen(_ width: Int, _ height: Int) throws {
        let whole = try DecodedPixels(Fixtures.bytes("formats/plain.gif"))
        let size = PixelSize(width: max(width, whole.size.width), height: max(height, whole.size.height))
        let decoded = try DecodedPixels(Self.gif(screen: (width, height)))
        #expect(decoded == Self.shifted(whole, by: 0, 0, on: size))
    }

    @Test("a frame that begins inside the screen and ends outside is shown in full")
    func outside() throws {
        let whole = try DecodedPixels(Fixtures.bytes("formats/plain.gif"))
        let size = PixelSize(width: whole.size.width + 5, height: whole.size.height + 7)
        let bytes = try Self.gif(place: (5, 7))
        #expect(try DecodedPixels(bytes) == Self.shifted(whole, by: 5, 7, on: size))
        #expect(try Prober.probe(EncodedSource(bytes), limits: DecodeLimits()).hasAlpha)
    }

    @Test("a frame without a width or a height has that of the screen", arguments: [(0, 0), (0, 5), (5, 0)])
    func sizeless(_ width: Int, _ height: Int) throws {
        #expect(
            try DecodedPixels(Self.gif(size: (width, height)))
                == DecodedPixels(Fixtures.bytes("formats/plain.gif")))
    }

    @Test("a frame without a size on a screen without one is refused")
    func nothing() throws {
        let bytes = try Self.gif(screen: (0, 0), size: (0, 0))
        #expect(throws: CodecError.corrupt("size is 0x0")) { try DecodedPixels(bytes) }
    }

    @Test("a frame far outside the screen exceeds the pixel limit")
    func far() throws {
        let bytes = try Self.gif(place: (65_000, 65_000))
        let error = #expect(throws: CodecError.self) { try DecodedPixels(bytes) }
        guard case .limitExceeded(.pixels, _, _)? = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test("the trailer and the last block terminator may be missing, samples may not")
    func ends() throws {
        let bytes = try Fixtures.bytes("formats/plain.gif")
        let whole = try DecodedPixels(bytes)
        let frame = try Self.frame(bytes)
        let colors = bytes[frame + 9] & 0x80 == 0 ? 0 : 3 << (Int(bytes[frame + 9] & 7) + 1)
        var end = frame + 10 + colors + 1
        var last = end
        while bytes[end] != 0 { (last, end) = (end, end + 1 + Int(bytes[end])) }
        #expect(try DecodedPixels(Array(bytes.prefix(end + 1))) == whole)
        #expect(try DecodedPixels(Array(bytes.prefix(end))) == whole)
        let error = #expect(throws: CodecError.self) { try DecodedPixels(Array(bytes.prefix(last))) }
        guard case .truncated? = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test(
        "screens of 0x0, or smaller than the frame, show the whole frame",
        .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func faults() throws {
        let empty = try DecodedPixels(Faults.bytes("gif-screen-0x0.gif"))
        let small = try DecodedPixels(Faults.bytes("gif-frame-larger-than-screen.gif"))
        #expect(empty == small)
        #expect(empty.size == PixelSize(width: 96, height: 64))
    }
}
